"""What runs in the project's own interpreter: boots the app where it can do no harm, and says what it is.

Stands on the standard library and the Flask of the project, as `keck.doctor.child` does.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from keck.doctor import child
from keck.doctor.load import load, origin, refuse_other_flasks
from keck.proof.databases import Databases
from keck.proof.gate import Gate
from keck.proof.origin import refuse_others, turn
from keck.trouble import Trouble


def main(question: str) -> None:
    """Answer as `keck.doctor.child.main` does.

    Args:
        question: JSON: what that one takes, and ``original``, ``copy``, ``first`` (folders of the copy to import from),
            ``scratch`` (a folder to write to), ``key`` (that secrets are hashed with).
    """
    child.main(question, answer)


def answer(asked: dict[str, Any]) -> dict[str, Any]:
    """Return ``snapshot``, texts by path, or ``trouble``, a sentence."""
    try:
        refuse_other_flasks(asked["interpreter"])
        writable = [asked["copy"], asked["scratch"], asked["folder"]]
        databases = Databases(writable, str(Path(asked["scratch"], "databases")))
        databases.part()
        Gate(writable).close()
        turn(asked["original"], asked["copy"], asked["first"])
        information = child.named(asked["app"], "routes")
        app = load(information, "" if asked["app"] else origin(information.app_import_path or ""))
        refuse_others(app, asked["original"], asked["copy"])
        Path(asked["folder"], child.LOADED).touch()
        from keck.proof.snapshot import snapshot

        return {"snapshot": snapshot(app, bytes.fromhex(asked["key"]), asked["copy"], databases.made)}
    except Trouble as trouble:
        return {"trouble": str(trouble)}
