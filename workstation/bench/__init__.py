"""`yingtai bench`: times the program's own work, on the same code paths that a user takes."""
