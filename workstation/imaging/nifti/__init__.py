"""NIfTI-1, NIfTI-2 and Analyze 7.5 files: header, place, pixels; RAS stays inside this folder."""
