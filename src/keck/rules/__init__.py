"""The rules: one fault, one file; a folder for each extension."""
