"""Trouble that the user can mend: one sentence, exit code 2, no traceback."""


class Trouble(Exception):  # noqa: N818 - the name is what the user reads
    """Raised with one sentence that says what is wrong and what to do."""
