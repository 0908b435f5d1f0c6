"""Our own test studies, with their truth beside them."""
