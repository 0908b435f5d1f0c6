"""Archives, read where they are: no member is ever written to disk."""
