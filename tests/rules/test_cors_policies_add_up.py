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


ABORTING = "from flask import abort\nfrom werkzeug.exceptions import Forbidden\nfrom shop import look_up\n"
VIEW = '@{0}.get("/own")\n@cross_origin({1})\ndef own():\n    {2}\n    return ""\n'
SHOP = {"shop.py": "from flask import abort\ndef look_up(): abort(404)\ndef quiet(): return 1\n"}


@pytest.mark.parametrize(
    ("policy", "owner", "body"),
    [
        ("CORS(app)", "app", "abort(403)"),
        ("CORS(app)", "app", "if look: abort(403)"),
        ("CORS(app)", "app", "raise Forbidden()"),
        ("CORS(app)", "app", "raise Forbidden"),
        ("CORS(app)", "app", "look_up()"),
        ("CORS(app)", "app", "Order.query.get_or_404(1)"),
        ("CORS(app)", "admin", "abort(403)"),
        ("CORS(admin)", "admin", "abort(403)"),
        (f"CORS(app, {B})", "app", "abort(403)"),
        ('CORS(app, resources="/own")', "app", "abort(403)"),
        ("other = Flask('other'); CORS(app)", "admin", "abort(403)"),
    ],
)
def test_answers_that_pass_the_decorator(policy: str, owner: str, body: str) -> None:
    """What a decorated view aborts carries the wider policy of its app or blueprint: a warning at the decorator."""
    files = {"app.py": f"{HEAD}{ABORTING}{policy}\n{VIEW.format(owner, A, body)}", **SHOP}
    (found,) = findings(RULE, files)
    assert (found.place.path, found.place.line, found.level.name) == ("app.py", 13, "warning")
    assert found.related[0].place.line == 11
    assert "`own()`" in found.message


@pytest.mark.parametrize(
    ("policy", "owner", "options", "body"),
    [
        ("CORS(app)", "app", A, "pass"),
        ("CORS(app)", "app", A, "raise ValueError()"),
        ("CORS(app)", "app", A, "raise"),
        ("CORS(app)", "app", A, "try: abort(403)\n    except Exception: pass"),
        ("CORS(app)", "app", A, "try: raise Forbidden()\n    except Forbidden: pass"),
        ("CORS(app)", "app", A, "try: look_up()\n    except Exception: pass"),
        ("CORS(app)", "app", A, "from shop import quiet; quiet()"),
        ("CORS(app)", "app", "", "abort(403)"),
        ("CORS(app)", "app", "origins=unseen()", "abort(403)"),
        (f"CORS(app, {A})", "app", A, "abort(403)"),
        ('CORS(app, resources="/api/.*")', "app", A, "abort(403)"),
        ("if debug: CORS(app)", "app", A, "abort(403)"),
        ("CORS(admin)", "app", A, "abort(403)"),
        ("other = Flask('other'); CORS(other)", "app", A, "abort(403)"),
        ("other = Flask('other'); CORS(other)", "admin", A, "abort(403)"),
    ],
)
def test_decorators_that_no_answer_passes(policy: str, owner: str, options: str, body: str) -> None:
    """Views that abort nothing, or catch it, and policies that are no wider or of other URLs are left alone."""
    files = {"app.py": f"{HEAD}{ABORTING}{policy}\n{VIEW.format(owner, options, body)}", **SHOP}
    assert lines(RULE, files) == []
