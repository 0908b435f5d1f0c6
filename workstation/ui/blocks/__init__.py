"""Results laid out above the list of findings: one widget for each kind of block."""
