"""What leaves this machine: copies without identity, checked before and after they are written."""
