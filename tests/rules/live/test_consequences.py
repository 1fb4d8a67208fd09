"""What is told as the consequence of what, where a fault breaks several rules."""

from __future__ import annotations

import pytest

from keck.examining import judge
from keck.settings import Settings
from tests.live_support import booted

HEAD = """
from flask import Flask
from flask_cors import CORS
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_jwt_extended import JWTManager
from flask_mail import Mail

app = Flask(__name__)
app.config.update(RATELIMIT_STORAGE_URI="memory://", JWT_SECRET_KEY="b7c1f0d2a49e4c6f8d3e5a7b9c0d1e2f")
"""


@pytest.mark.parametrize(
    ("text", "cause", "consequence"),
    [
        ('app.config["MAIL_SUPPRESS_SEND"] = "False"\nmail = Mail(app)', "config/wrong-type", "app/extension-inert"),
        (
            "limiter = Limiter(get_remote_address, app=app)\napp.config['RATELIMIT_DEFAULT'] = '5/minute'",
            "app/config-without-effect",
            "app/extension-inert",
        ),
        (
            "jwt = JWTManager(app)\nother = JWTManager()\n@other.token_in_blocklist_loader\ndef revoked(head, data): return True",
            "app/second-extension-instance",
            "app/extension-never-bound",
        ),
        (
            'app.config["CORS_SUPPORTS_CREDENTIALS"] = "False"\nCORS(app)\n@app.get("/x")\ndef x(): return {}',
            "config/wrong-type",
            "cors/any-origin-with-credentials",
        ),
    ],
)
def test_a_consequence_stands_under_its_cause(text: str, cause: str, consequence: str) -> None:
    """A finding that another one explains is folded under it, and is no fault of its own."""
    faults = judge(booted(HEAD + text), Settings()).faults
    found = {one.finding.rule: [each.rule for each in one.consequences] for one in faults}
    assert consequence in found[cause]
    assert consequence not in found
