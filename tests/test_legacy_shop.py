"""The shop of the demo: each fault that was planted in it is found where it is."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SHOP = Path(__file__).resolve().parents[1] / "examples" / "legacy-shop"
PLANTED = {
    "app/extension-bound-in-constructor": "db = SQLAlchemy(app)",
    "app/test-override-after-bind": 'app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:///:memory:"',
    "caching/key-too-coarse": 'search = request.args.get("q")',
    "config/secret-in-source": 'app.config["SECRET_KEY"] = "kettle-and-leaf-2021"',
    "cors/any-origin-with-credentials": "CORS(app, supports_credentials=True)",
    "cors/origin-pattern-too-wide": '@cross_origin(origins=["https://*.kettle-and-leaf.example"])',
    "jwt/non-string-identity": "access_token=create_access_token(identity=user.id),",
    "jwt/refresh-endpoint-wrong-guard": "def refresh():",
    "jwt/required-without-call": "@jwt_required\n",
    "limiter/process-local-storage": "limiter = Limiter(get_remote_address, app=app)",
    "limiter/sensitive-route-unlimited": "def login():",
    "mail/blocks-request": "mail.send(message)",
    "migrate/create-all-beside-migrations": "    db.create_all()",
    "sqlalchemy/legacy-query": "user = User.query.filter_by",
    "together/cached-above-auth": '@cache.cached(timeout=600, key_prefix="sales")',
    "together/cached-personal-answer": "@cache.cached(timeout=120)",
    "together/decorator-above-route": '@app.route("/api/admin/products/<int:id>"',
}
NEAR = 4  # lines between a fault's best-known line and the one that its rule points at


@pytest.fixture(scope="module")
def findings() -> list[dict[str, Any]]:
    """Return what `keck check` says of the shop."""
    command = [sys.executable, "-m", "keck", "check", "--no-cache", "--exit-zero", "--output-format", "json", str(SHOP)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)["findings"]
    return found


@pytest.mark.parametrize("rule", PLANTED)
def test_planted_fault_is_found(rule: str, findings: list[dict[str, Any]]) -> None:
    """The fault is found at the line where it was planted, or within its decorators."""
    name = "tests/test_shop.py" if rule == "app/test-override-after-bind" else "app.py"
    source = (SHOP / name).read_text(encoding="utf-8")
    before, found, _ = source.partition(PLANTED[rule])
    assert found
    line = before.count("\n") + 1
    places = [(one["path"], one["line"]) for one in findings if one["rule"] == rule]
    assert [place for place in places if place[0] == name and abs(place[1] - line) <= NEAR], places
