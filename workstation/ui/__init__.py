"""The window, in Qt: widgets show values and send intents; no rule, no input or output."""
