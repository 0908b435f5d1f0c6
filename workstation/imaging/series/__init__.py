"""Folders of files → series and stacks, with what is to be known of each."""
