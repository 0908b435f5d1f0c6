"""Measuring on a viewport: drawing, shaping, painting; what is measured is `domain.measure`'s."""
