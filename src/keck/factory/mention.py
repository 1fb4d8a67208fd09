"""A mention: a place outside the code of a project that names one of its modules, or an object in it."""

from __future__ import annotations

from typing import Literal

import msgspec

How = Literal["server", "flask", "script", "celery", "docs"]
"""Who reads it: a WSGI server or a platform, the ``flask`` command, the interpreter (``python app.py``), Celery, or people."""


class Mention(msgspec.Struct, frozen=True, order=True):
    """One place that names a module.

    Attributes:
        path: the file in which it stands, relative to the root of the project.
        line: counts from 1.
        says: the text as it stands: ``app:app``, ``backend/app.py``.
        how: who reads it.
        module: the path of the module that is meant.
        name: the object in it, without a call; empty where the reader looks for one by itself.
        called: whether the object is a function that is called for the app: ``app:create_app()``.
    """

    path: str
    line: int
    says: str
    how: How
    module: str
    name: str = ""
    called: bool = False

    @property
    def is_binding(self) -> bool:
        """Whether something stops to work when the module has no such name any more."""
        return bool(self.name) and self.how in {"server", "flask", "celery"}

    @property
    def place(self) -> str:
        """Where it stands, for a sentence: ``Procfile:1``."""
        return f"{self.path}:{self.line}"
