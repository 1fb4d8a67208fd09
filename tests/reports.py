"""Findings made by hand, for the tests of the reports."""

from __future__ import annotations

from pathlib import Path

from keck.checking import Outcome
from keck.finding import Finding, Level, Place, Related

VIEWS = """from flask import Blueprint
from flask_jwt_extended import jwt_required

bp = Blueprint("shop", __name__)


@bp.get("/me")
@jwt_required
def me():
\treturn {"name": "ÄÖ日本", "key": cache.get("user")}
"""
IMPORTED = Related(Place("shop/views.py", 2, 1, 2, 44), "imported here")
OPEN = Finding(
    "jwt/required-without-call",
    Level.error,
    Place("shop/views.py", 8, 2, 8, 14),
    "`me` is open to anyone: `@jwt_required` stands without parentheses",
    "write `@jwt_required()`",
    symbol="shop.me",
    related=(IMPORTED,),
)
COARSE = Finding(
    "caching/key-too-coarse",
    Level.warning,
    Place("shop/views.py", 10, 33, 10, 50),
    "one key for all users",
    "put the user's id into the key",
)
SPAN = Finding(
    "app/extension-never-bound", Level.error, Place("shop/views.py", 7, 1, 10, 3), "`bp` is bound nowhere", ""
)
UNUSED = Finding("unused-ignore", Level.note, Place("shop/views.py", 4, 1, 4, 3), "nothing to ignore", "remove it")
LATER = Finding("unused-ignore", Level.note, Place("shop/views.py", 9, 1, 9, 3), "nothing to ignore", "remove it")


def outcome(folder: Path, *findings: Finding, notices: tuple[str, ...] = (), files: int = 12) -> Outcome:
    """Write the source that the findings are about, and return them as the outcome of a check of `folder`."""
    (folder / "shop").mkdir(exist_ok=True)
    (folder / "shop" / "views.py").write_text(VIEWS, encoding="utf-8")
    return Outcome(folder.as_posix(), findings, notices, files)
