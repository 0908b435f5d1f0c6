"""Hiding what tells who a person is, in the copies that leave this PC: solid, so that nothing can be brought back."""
