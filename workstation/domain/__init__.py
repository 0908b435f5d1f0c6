"""Plain frozen values: geometry, series, volume, shapes, finding, answer, placement, words, error."""
