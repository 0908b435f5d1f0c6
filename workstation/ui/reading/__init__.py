"""The reading room: views in their layout, what each shows, and how they follow one another."""
