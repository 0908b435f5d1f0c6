"""Drawing on pictures: the brush, the masks it makes, and what becomes of them."""
