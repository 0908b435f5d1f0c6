"""Stored pixels → rescaled values → gray: reading, decoding, windows, planes, figures."""
