"""Results laid out beside the list of findings: one widget for each kind of block."""
