"""From findings to changed files: edits, carried out with LibCST."""
