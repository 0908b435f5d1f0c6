"""The analyses of the local cloud: published classical methods, run on the pixels."""
