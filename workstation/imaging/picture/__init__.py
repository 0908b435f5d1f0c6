"""Pictures that are no DICOM: photographs and exported radiographs as JPEG, PNG, BMP, TIFF, WebP, HEIC."""
