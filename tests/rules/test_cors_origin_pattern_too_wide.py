"""Origin patterns that admit other people's hosts."""

from __future__ import annotations

import re

import pytest

from keck.rules.cors._hosts import stranger
from tests.support import findings, lines

RULE = "cors/origin-pattern-too-wide"
HEAD = "import re\nfrom flask import Flask\nfrom flask_cors import CORS\napp = Flask(__name__)\n"
WIDE = [
    r"https://*.example.com",
    r"https://.*\.example\.com",
    r"^https://.*\.example\.com",
    r"https://(www.)?example.com$",
    r"https://[a-z]+.example.com$",
    r"http://localhost:*",
    r"http://localhost.*",
    r"https://.*example\.com$",
    r"https://\w*example\.com$",
    r"https://example\.[a-z]+$",
    r"^https://(app|www)\.example\.(com|net)",
    r"https://[^.]+example\.com$",
    r"https://[^./]+example\.com$",
    r"^https://.*\.vercel\.app$",
    r"^https://[a-z]+\.herokuapp\.com$",
    r"^https://.+\.co\.uk$",
    r"http://192\.168\.\d+\.\d+",
]
TIGHT = [
    r"^https://([a-z0-9-]+\.)*example\.com$",
    r"^https://[a-z]+\.example\.com$",
    r"^https://(app|www)\.example\.(com|net)$",
    r"^https?://example\.com(:\d+)?$",
    r"^http://localhost:\d+$",
    r"http://localhost:\d+",
    r"^http://localhost(:[0-9]+)?$",
    r"^http://192\.168\.\d+\.\d+(:\d+)?$",
    r"^https://.*\.example\.com\Z",
    r"^https://my-app-[a-z0-9]+\.vercel\.app$",
    r"^https://shop\.co\.uk$",
    r"^https://(?!evil)[a-z]+\.example\.com$",
    r"^https://[ab]\.example\.com$",
    r"^capacitor://localhost$",
    r"^(?P<s>https)://(?>[a-z]+)\.example\.com$",
    r"^https://example\.com(?=:|$)(:8080)?$",
]


@pytest.mark.parametrize("pattern", WIDE)
def test_wide_patterns_fire(pattern: str) -> None:
    """A pattern that admits a host which anybody can get is reported, with such an origin that it does admit."""
    (found,) = findings(RULE, f"{HEAD}CORS(app, origins=[{pattern!r}])")
    other = found.message.rpartition(" ")[2]
    assert re.compile(pattern, re.IGNORECASE).match(other)
    assert found.level.name == "error"


@pytest.mark.parametrize("pattern", TIGHT)
def test_tight_patterns_stay_silent(pattern: str) -> None:
    """A pattern that only leaves open what stands before its own domain, or the port, is not reported."""
    assert lines(RULE, f"{HEAD}CORS(app, origins=[{pattern!r}])") == []


@pytest.mark.parametrize(
    "text",
    [
        'CORS(app, origins=["https://example.com", "https://www.example.com"])',
        'CORS(app, origins="*")',
        'CORS(app, origins=r"https?://.*")',
        'CORS(app, origins=[r"*.example.com"])',
        "CORS(app, origins=unseen())",
        "CORS(app, origins=[3, None])",
        r'CORS(app, origins=re.compile(r"^https://([a-z]+\.)*example\.com$"))',
    ],
)
def test_stays_silent(text: str) -> None:
    """Literals, open policies, what does not compile and what is unknown are others' affair."""
    assert lines(RULE, HEAD + text) == []


def test_compiled_expressions_are_judged_too() -> None:
    """re.compile without an end is as open as a text; one pattern in two places is told once."""
    text = r'RE = re.compile(r"^https://.*\.example\.com")' + "\nCORS(app, origins=RE)\nCORS(app, origins=[RE])"
    assert lines(RULE, HEAD + text) == ["app.py:5 error"]


@pytest.mark.parametrize(
    ("pattern", "origin"),
    [
        (r"https://.*example\.com$", "https://xexample.com"),
        (r"https://(www.)?example.com$", "https://wwwxexample.com"),
        (r"https://*.example.com", "https://xexample.com"),
        (r"https://.*\.example\.com", "https://x.example.com.attacker.example"),
        (r"http://localhost:*", "http://localhost.attacker.example"),
        (r"^https://.*\.vercel\.app$", "https://x.vercel.app"),
    ],
)
def test_the_shortest_proof_is_named(pattern: str, origin: str) -> None:
    """Of several origins that prove it, one without a made-up ending is preferred, and never the author's own."""
    assert stranger(re.compile(pattern, re.IGNORECASE)) == origin
