"""Policies that cover the same URLs."""

from __future__ import annotations

import pytest

from tests.support import findings, lines

RULE = "cors/policies-add-up"
HEAD = """
from flask import Blueprint, Flask
from flask_cors import CORS, cross_origin
app = Flask(__name__)
admin = Blueprint("admin", __name__, url_prefix="/admin")
@admin.get("/orders")
def orders(): return ""
app.register_blueprint(admin)
""".lstrip()
A, B = 'origins=["https://a.example"]', 'origins=["https://b.example"]'


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"CORS(app)\nCORS(admin, {A})", 9),
        (f"CORS(app, {B})\nCORS(admin, {A})", 9),
        (f"CORS(app, {A})\nCORS(app, {B})", 8),
        (f"CORS(app, {A})\nCORS(app)", 8),
        (f'CORS(app, resources={{r"/admin/.*": {{"origins": "*"}}}})\nCORS(admin, {A})', 9),
        (f'CORS(app, resources="/admin/.*")\nCORS(app, resources="/admin/.*", {A})', 9),
        (f'CORS(app, resources="/.*")\nCORS(app, resources="/admin/.*", {A})', 9),
        (f"cors = CORS({A}); cors.init_app(app)\nCORS(app)", 8),
        (f"CORS(admin)\nCORS(admin, {A})", 9),
        (f"CORS(app)\nCORS(Blueprint('other', __name__), {A})", 9),
        (f"if __name__:\n    CORS(app)\n    CORS(app, {A})", 10),
        (f"other = Flask('other')\nCORS(app)\nCORS(admin, {A})", 10),
        (
            f"other = Flask('other')\nother.register_blueprint(Blueprint('x', __name__))\nCORS(app)\nCORS(admin, {A})",
            11,
        ),
    ],
)
def test_fires(text: str, line: int) -> None:
    """The narrower of two policies for one URL is reported, once."""
    assert lines(RULE, HEAD + text) == [f"app.py:{line} error"]


def test_says_who_is_let_in() -> None:
    """The message names the origin and the related place is the wider policy."""
    (found,) = findings(RULE, HEAD + f"CORS(app, {B})\nCORS(admin, {A})")
    assert "https://b.example" in found.message
    assert [one.place.line for one in found.related] == [8]
    (found,) = findings(RULE, HEAD + f"CORS(app)\nCORS(admin, {A})")
    assert "any other origin" in found.message


@pytest.mark.parametrize(
    "text",
    [
        "CORS(app)",
        f"CORS(app, {A})\nCORS(app, {A})",
        f"CORS(app, {A})\nCORS(admin)",
        f"CORS(app, {A})\nCORS(admin, {A})",
        f'CORS(app, resources="/api/.*")\nCORS(admin, {A})',
        f'CORS(app, resources="/a/.*", {A})\nCORS(app, resources="/b/.*", {B})',
        'CORS(app, resources={r"^/a$": {"origins": "*"}, r"^/b$": {"origins": "https://a.example"}})',
        f"CORS(app, resources=unseen())\nCORS(app, {A})",
        f"CORS(app, origins=unseen())\nCORS(app, {A})",
        f"CORS(app, origins=[unseen()])\nCORS(app, {A})",
        f"CORS(Blueprint('other', __name__), {B})\nCORS(admin, {A})",
        f"if debug:\n    CORS(app)\nelse:\n    CORS(app, {A})",
        f"if debug:\n    CORS(app)\nCORS(app, {A})",
        f'CORS(app)\n@app.get("/")\n@cross_origin({A})\ndef index(): return ""',
        f"other = Flask('other')\nCORS(app)\nCORS(other, {A})",
        f"other = Flask('other')\nCORS(other)\nCORS(admin, {A})",
    ],
)
def test_stays_silent(text: str) -> None:
    """Equal, disjoint, exclusive and unknown policies are not reported, nor those of two apps."""
    assert lines(RULE, HEAD + text) == []
