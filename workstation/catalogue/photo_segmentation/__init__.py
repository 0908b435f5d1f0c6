"""Cutting things out of photographs: what the service answers as pictures becomes masks over the photograph."""
