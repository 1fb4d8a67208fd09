"""Flask with nothing: one small document and one list, of the size of what the service answers, made anew each time.

The documents come from the file that PEER_DOCUMENTS names: {"item": {...}, "list": {...}}.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from flask import Flask

app = Flask(__name__)
DOCUMENTS: dict[str, Any] = json.loads(Path(os.environ["PEER_DOCUMENTS"]).read_text(encoding="utf-8"))


@app.get("/api/items/<int:number>")
def item(number: int) -> dict[str, Any]:
    """One document."""
    return {**DOCUMENTS["item"], "id": number}


@app.get("/api/items")
def items() -> dict[str, Any]:
    """A list of documents."""
    document: dict[str, Any] = DOCUMENTS["list"]
    return document


@app.get("/livez")
def lives() -> dict[str, str]:
    """That it answers."""
    return {"status": "ok"}
