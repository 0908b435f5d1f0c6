"""The command line: the same intents as the window's, for scripts. JSON on stdout, progress and messages on stderr."""
