"""What is open, chosen, found and decided: frozen values and the use cases that change them. No Qt, no I/O."""
