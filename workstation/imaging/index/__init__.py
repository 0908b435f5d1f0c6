"""What a scan learned, kept as bytes, so that an unchanged folder is not read again."""
