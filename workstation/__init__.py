"""Yingtai 影台: a DICOM imaging workstation. Research use only, not a medical device."""

__version__ = "0.1.0"
