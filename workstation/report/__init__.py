"""One reading → PDF, PNG, CSV, JSON."""
