"""What the fixes of the rules on CORS write, and where they write nothing."""

from __future__ import annotations

import pytest

from tests.rules.fixing import fixed, fixed_files, fixes

HEAD = "import os\nfrom flask import Flask\nfrom flask_cors import CORS, cross_origin\napp = Flask('a')\n"


def only(rule: str, source: str) -> tuple[bool, str]:
    """Return whether the only fix is safe, and what it changes."""
    (fix,) = fixes(rule, source)
    assert fix is not None
    return fix.safe, fix.changes


# cors/unknown-option

OPTION = "cors/unknown-option"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("CORS(app, origin='https://a.example')", "CORS(app, origins='https://a.example')"),
        ("CORS(app, resources={'/x': {'origin': 'https://a.example'}})", "{'origins': 'https://a.example'}"),
        ("CORS(app, origins='https://a.example', allowed_headers=['A'])", "allow_headers=['A'])"),
        ("cors = CORS()\ncors.init_app(app, origin='https://a.example')", "cors.init_app(app, origins="),
        ("@app.get('/')\n@cross_origin(origin='https://a.example')\ndef f(): ...", "@cross_origin(origins="),
        (
            "@app.get('/')\n@cross_origin('https://a.example')\ndef f(): ...",
            "@cross_origin(origins='https://a.example')",
        ),
    ],
)
def test_an_option_gets_its_name(written: str, expected: str) -> None:
    """A known wrong name becomes the right one wherever it is given, which closes what was open."""
    source = HEAD + written + "\n"
    assert only(OPTION, source) == (True, "")
    assert expected in fixed(OPTION, source)


@pytest.mark.parametrize(
    ("written", "changes"),
    [
        ("CORS(app, support_credentials=True)", "lets any origin read answers that cookies were sent for"),
        ("CORS(app, origins='https://a.example', credentials=True)", "lets those origins read answers that cookies were sent for"),
        ("CORS(app, orgins='https://a.example')", "takes the option for the one that it resembles"),
        ("CORS(app, origins='https://a.example', exposed_headers=['A'])", "takes the option for the one that it resembles"),
    ],
)  # fmt: skip
def test_what_opens_more_or_is_a_guess(written: str, changes: str) -> None:
    """An option that lets origins do more, or that only resembles another, is renamed by an unsafe fix."""
    assert only(OPTION, HEAD + written + "\n") == (False, changes)


@pytest.mark.parametrize(
    "written",
    [
        "CORS(app, quux=1)",
        "CORS(app, origin='a', origins='https://a.example')",
        "options = {'origin': 'https://a.example'}\nCORS(app, **options)",
        "@app.get('/')\n@cross_origin('https://a.example', 'x')\ndef f(): ...",
        "@app.get('/')\n@cross_origin('https://a.example', origins='x')\ndef f(): ...",
    ],
)
def test_options_that_stay(written: str) -> None:
    """What resembles nothing, what has its right name beside it, and what is stated elsewhere: no fix."""
    assert not any(fix is not None and "origins" in str(fix.edits) for fix in fixes(OPTION, HEAD + written + "\n")[1:])
    assert None in fixes(OPTION, HEAD + written + "\n") or "**" in written


# cors/origin-never-matches

NEVER = "cors/origin-never-matches"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("CORS(app, origins='https://a.example/')", "origins='https://a.example')"),
        ("CORS(app, origins=['https://a.example/app', 'https://b.example'])", "['https://a.example', 'https://b.example'])"),
        ("CORS(app, origins=' https://a.example ')", "origins='https://a.example')"),
        ("CORS(app, origins='https://a.example:443')", "origins='https://a.example')"),
        ("CORS(app, origins='http://a.example:8080/')", "origins='http://a.example:8080')"),
        ("CORS(app, origins='https://a.example, https://b.example')", "['https://a.example', 'https://b.example'])"),
        ("app.config['CORS_ORIGINS'] = 'https://a.example/'\nCORS(app)", "= 'https://a.example'\n"),
        (
            "app.config['CORS_ORIGINS'] = os.getenv('O', 'https://a.example, https://b.example')\nCORS(app)",
            "= [one.strip() for one in os.getenv('O', 'https://a.example, https://b.example').split(',')]\n",
        ),
        (
            "CORS(app, origins=os.getenv('O', 'https://a.example,https://b.example'))",
            "origins=os.getenv('O', 'https://a.example,https://b.example').split(','))",
        ),
        ("@app.get('/')\n@cross_origin(origins='https://a.example/')\ndef f(): ...", "@cross_origin(origins='https://a.example')"),
    ],
)  # fmt: skip
def test_an_origin_as_browsers_send_it(written: str, expected: str) -> None:
    """Slashes, paths, spaces and default ports go; several origins in one text become a list."""
    source = HEAD + written + "\n"
    assert only(NEVER, source) == (True, "")
    assert expected in fixed(NEVER, source)


@pytest.mark.parametrize(
    "written",
    [
        "CORS(app, origins='a.example')",
        "CORS(app, origins='https:///')",
        "CORS(app, origins='https://a.example b.example')",
        "CORS(app, origins='https://a.example|https://b.example')",
        "CORS(app, origins=['https://a.example,https://b.example'])",
        "FRONT = 'https://a.example/'\nCORS(app, origins=FRONT)",
        "CORS(app, origins='https://[a')",
        "import settings\napp.config.from_object(settings)\nCORS(app)",
    ],
)
def test_origins_that_stay(written: str) -> None:
    """What scheme or host is meant, and what else uses a text, is not known: no fix."""
    files = {"app.py": HEAD + written + "\n", "settings.py": "BASE = 'https://a.example/'\nCORS_ORIGINS = BASE\n"}
    assert fixes(NEVER, files) == [None]


def test_an_origin_in_a_class_of_settings() -> None:
    """An origin is written where a module of settings states it."""
    files = {
        "app.py": HEAD + "app.config.from_object('settings')\nCORS(app)\n",
        "settings.py": "CORS_ORIGINS = ['https://a.example/']\n",
    }
    assert fixed_files(NEVER, files)["settings.py"] == "CORS_ORIGINS = ['https://a.example']\n"


# cors/origin-pattern-too-wide

WIDE = "cors/origin-pattern-too-wide"


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("'https://*.a.example'", r"r'^https://([a-z0-9-]+\.)*a\.example$'"),
        (r"r'https://.*\.a\.example'", r"r'^https://([a-z0-9-]+\.)*a\.example$'"),
        (r"r'^https://.+\.a\.example'", r"r'^https://([a-z0-9-]+\.)*a\.example$'"),
        ("'https://*.a.example:8443'", r"r'^https://([a-z0-9-]+\.)*a\.example:8443$'"),
        ("'http://localhost:*'", r"r'^http://localhost:\d+$'"),
        (r"r'https://www\.a\.example'", r"r'^https://www\.a\.example$'"),
        (r"r'^https://www.a.example$'", r"r'^https://www\.a\.example$'"),
    ],
)
def test_the_pattern_that_is_meant(pattern: str, expected: str) -> None:
    """Names below a domain, ports of a host and a single host are anchored and escaped, by an unsafe fix."""
    source = HEAD + f"CORS(app, origins=[{pattern}])\n"
    safe, changes = only(WIDE, source)
    assert (safe, "closes" in changes) == (False, True)
    assert f"origins=[{expected}])" in fixed(WIDE, source)


@pytest.mark.parametrize(
    "written",
    [
        r"CORS(app, origins=[r'https://a\.example|https://b\.example'])",
        r"import re\nCORS(app, origins=[re.compile(r'https://.*\.a\.example')])".replace("\\n", "\n"),
        r"P = r'https://.*\.a\.example'" + "\nCORS(app, origins=[P])",
        "CORS(app, origins=['https://*.github.io'])",
    ],
)
def test_patterns_that_stay(written: str) -> None:
    """What has another form, is stated elsewhere, or stays open to strangers however it is written: no fix."""
    assert fixes(WIDE, HEAD + written + "\n") == [None]


# cors/resource-pattern-misread

MISREAD = "cors/resource-pattern-misread"
VIEWS = (
    "@app.get('/api/x')\ndef a(): ...\n@app.get('/apiary')\ndef b(): ...\n@app.get('/items/<int:id>')\ndef c(): ...\n"
)


@pytest.mark.parametrize(
    ("resources", "expected", "changes"),
    [
        ("['/api/*']", "[r'^/api(/.*)?$']", "no longer covers `/apiary`"),
        ("{'/api': {}}", "{r'^/api(/.*)?$': {}}", "covers `/api/x` as well"),
        ("'/api'", "r'^/api(/.*)?$'", "covers `/api/x` as well"),
        ("['/items/<int:id>']", "[r'^/items/[^/]+$']", "covers `/items/<int:id>` as well"),
        ("['api/*']", "[r'^/api(/.*)?$']", "covers `/api/x` as well"),
        ("['nothing/']", "['/nothing/']", ""),
    ],
)
def test_the_resource_that_is_meant(resources: str, expected: str, changes: str) -> None:
    """A resource is written as its advice says; unsafe, with a route that shows it, where others are covered."""
    source = HEAD + f"CORS(app, origins='https://a.example', resources={resources})\n" + VIEWS
    assert only(MISREAD, source) == (not changes, changes)
    assert f"resources={expected})" in fixed(MISREAD, source)


def test_a_resource_of_an_instance() -> None:
    """A resource that is given where the instance is made is written there."""
    source = HEAD + "cors = CORS(origins='https://a.example', resources=['/api/*'])\n" + VIEWS + "cors.init_app(app)\n"
    assert "resources=[r'^/api(/.*)?$'])" in fixed(MISREAD, source)


@pytest.mark.parametrize(
    "written",
    [
        "CORS(app, resources={'/api/**': {}})",
        "PATHS = ['/api/*']\nCORS(app, resources=PATHS)",
        "app.config['CORS_RESOURCES'] = ['/api/*']\nCORS(app)",
        "CORS(app, resources={r'/.*': {'origins': 'https://a.example'}, r'/api/.*': {'origins': 'https://b.example'}, r'/api/x': {}})",
    ],
)
def test_resources_that_stay(written: str) -> None:
    """What is stated elsewhere, and what another pattern would be chosen for, has no fix."""
    assert not any(fixes(MISREAD, HEAD + written + "\n" + VIEWS))


# cors/policies-add-up

ADD_UP = "cors/policies-add-up"
ADMIN = """from flask import Blueprint
from flask_cors import CORS
admin = Blueprint("admin", __name__, url_prefix="/admin")
CORS(admin, origins="https://admin.example")
@admin.get("/x")
def x(): ...
"""
SHOP = """from flask import Flask
from flask_cors import CORS
from admin import admin
app = Flask("a")
cors = CORS(app, origins=["https://shop.example", "https://admin.example"])
app.register_blueprint(admin)
"""


def test_one_policy_for_both() -> None:
    """The blueprint's policy becomes a resource of the app's, in two files at once, by an unsafe fix."""
    files = {"admin.py": ADMIN, "app.py": SHOP}
    (fix,) = fixes(ADD_UP, files)
    assert fix is not None
    assert (fix.safe, fix.changes) == (False, "closes `/admin` to origins that the app's policy let in")
    done = fixed_files(ADD_UP, files)
    assert "CORS(" not in done["admin.py"]
    assert """cors = CORS(app, resources={
    r"^/admin(/.*)?$": {"origins": ["https://admin.example"]},
    r"^/(?!admin(/|$)).*$": {"origins": ["https://shop.example", "https://admin.example"]},
})
""" in done["app.py"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('url_prefix="/admin"', 'url_prefix="/"'),
        (', url_prefix="/admin"', ""),
        ("register_blueprint(admin)", 'register_blueprint(admin, url_prefix="/x")'),
        ("register_blueprint(admin)", 'register_blueprint(admin)\napp.register_blueprint(admin, name="b")'),
        (
            "app.register_blueprint(admin)",
            "outer = Blueprint('o', 'o')\nouter.register_blueprint(admin)\napp.register_blueprint(outer)",
        ),
        ('CORS(admin, origins="https://admin.example")', 'if admin:\n    CORS(admin, origins="https://admin.example")'),
        ('CORS(admin, origins="https://admin.example")', 'c = CORS(admin, origins="https://admin.example")'),
        ('origins="https://admin.example")', 'origins="https://admin.example", max_age=5)'),
        ("CORS(app, origins=", "CORS(app, max_age=5, origins="),
        ("CORS(app, origins=", "CORS(app=app, origins="),
        ('"https://shop.example", "https://admin.example"]', '"https://shop.example", "https://q\\"x.example"]'),
        (
            '"https://shop.example", "https://admin.example"]',
            'r"^https://shop\\.example$", re.compile("https://b.example")]',
        ),
        ("cors = CORS(app", "CORS(app, origins='https://b.example')\ncors = CORS(app"),
    ],
)
def test_policies_that_stay_two(old: str, new: str) -> None:
    """A prefix that cannot be told, other options, conditions, and a third policy: no fix."""
    files = {
        "admin.py": ADMIN.replace(old, new),
        "app.py": "import re\nfrom flask import Blueprint\n" + SHOP.replace(old, new),
    }
    assert not any(fixes(ADD_UP, files))
