"""One DICOM file: its header as raw values, what they mean, and its frames."""
