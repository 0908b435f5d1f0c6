"""Objects of others that refer to a series: segmentations, structures, reports, presentations, marks."""
