"""Typed, versioned settings, keys, and the folders of this program."""
