"""The rules on CORS, on live apps."""

from __future__ import annotations

import json

import pytest

from keck.examining import judge
from keck.finding import Finding, Level
from keck.live.record import Cors, Instance, LiveApp, Route
from keck.settings import Settings
from tests.live_support import booted, findings, live, skipped
from tests.rules.live.shop import APP, told

CREDENTIALS = "cors/any-origin-with-credentials"
CONFIG = "cors/blueprint-ignores-config"
OPEN = "cors/open-by-default"
NEVER = "cors/origin-never-matches"
WIDE = "cors/origin-pattern-too-wide"
ADD_UP = "cors/policies-add-up"
RESOURCE = "cors/resource-pattern-misread"
OPTION = "cors/unknown-option"
ALL = (CREDENTIALS, CONFIG, OPEN, NEVER, WIDE, ADD_UP, RESOURCE, OPTION)

SHOP = APP + "jwt = JWTManager(app)\n"
VIEW = '\n@app.get("/x")\ndef x(): return {}\n'
GUARDED = '\n@app.get("/me")\n@jwt_required()\ndef me(): return {}\n'
API = 'api = Blueprint("api", __name__)\n@api.get("/z")\ndef z(): return {}\n'
REGISTER = 'app.register_blueprint(api, url_prefix="/api")\n'
V1 = 'v1 = Blueprint("v1", __name__)\n@v1.get("/users")\ndef users(): return {}\n'
ON_V1 = '\napp.register_blueprint(v1, url_prefix="/v1")'
ASK = """
import json
def ask(method, path, origin, **headers):
    answer = app.test_client().open(path, method=method, headers={"Origin": origin, **headers})
    return [answer.status_code, answer.headers.get("Access-Control-Allow-Origin"), answer.headers.get("Access-Control-Allow-Credentials")]
app.config["ANSWERS"] = json.dumps([%s])
"""


def asked(app: LiveApp) -> list[list[object]]:
    """Return what the running app answered: status, allowed origin, credentials."""
    answers: list[list[object]] = json.loads(app.config["ANSWERS"].value)
    return answers


@pytest.mark.parametrize(
    "text",
    [
        "CORS(app, supports_credentials=True)",
        'CORS(app, origins="*", supports_credentials=True)',
        'CORS(app, origins=["https://a.example", "*"], supports_credentials=True)',
        'CORS(app, origins=[r"https?://.*"], supports_credentials=True)',
        'CORS(app, resources={r"/x": {"origins": "*", "supports_credentials": True}})',
        'app.config["CORS_SUPPORTS_CREDENTIALS"] = "false"\nCORS(app)',
        "cors = CORS(supports_credentials=True)\ncors.init_app(app)",
        "options = dict(supports_credentials=True)\nCORS(app, **options)",
    ],
)
def test_any_origin_with_credentials_is_found(text: str) -> None:
    """A policy that answers any origin as the visitor is found, and the app does answer so."""
    app = booted(SHOP + text + VIEW + ASK % 'ask("GET", "/x", "https://evil.example")')
    (one,) = findings(CREDENTIALS, app)
    assert asked(app) == [[200, "https://evil.example", "true"]]
    assert (one.level, "such as GET /x" in one.message) == (Level.error, True)
    assert findings(OPEN, app) == []
    line = next(number for number, row in enumerate((SHOP + text).splitlines(), 1) if row == text.splitlines()[-1])
    assert one.place.line in {line, line - 1 - SHOP.startswith("\n"), line - SHOP.startswith("\n")}


def test_a_call_is_told_once_for_all_of_its_resources() -> None:
    """Several resources of one call are one finding, the guarded route is the example, and a decorator is one too."""
    text = 'CORS(app, supports_credentials=True, resources=["/x", "/me"])\n'
    (one,) = live(CREDENTIALS, SHOP + text + VIEW + GUARDED)
    assert "GET /me" in one.message
    view = '\n@app.get("/y")\n@cross_origin(supports_credentials=True)\ndef y(): return {}\n'
    (one,) = live(CREDENTIALS, SHOP + view)
    assert (one.symbol, one.message.partition(":")[0]) == ("y()", "any website may read `y()` as the visitor")


@pytest.mark.parametrize(
    "text",
    [
        'CORS(app, origins=["https://a.example"], supports_credentials=True)',
        "CORS(app)",
        'CORS(app, resources={r"/x": {"origins": "https://a.example", "supports_credentials": True}, r"/y": {}})',
        'CORS(app, resources={r"/none": {"supports_credentials": True}})',
        "bp = Blueprint('bp', __name__)\nCORS(bp, supports_credentials=True)",
        'CORS(app, origins=[r"^https://[a-z]+\\.a\\.example$"], supports_credentials=True)',
        "CORS(Flask('other'), supports_credentials=True)",
    ],
)
def test_credentials_of_named_origins_are_silent(text: str) -> None:
    """Named origins, no credentials, no route behind it, or another app's: no visitor is at risk."""
    assert live(CREDENTIALS, SHOP + text + VIEW) == []


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ('app.config["CORS_ORIGINS"] = ["https://a.example"]\nCORS(api)', ["`CORS_ORIGINS`"]),
        ('app.config["CORS_ORIGINS"] = "https://a.example"\ncors = CORS()\ncors.init_app(api)', ["`CORS_ORIGINS`"]),
        (
            'app.config["CORS_ORIGINS"] = ["https://a.example"]\napp.config["CORS_METHODS"] = ["GET"]\nCORS(api)\nCORS(app)',
            ["`CORS_ORIGINS`", "`CORS_METHODS`"],
        ),
        (
            'app.config["CORS_SUPPORTS_CREDENTIALS"] = True\nCORS(api, origins=["https://a.example"])',
            ["`CORS_SUPPORTS_CREDENTIALS`"],
        ),
    ],
)
def test_a_blueprint_that_reads_no_config_is_found(text: str, keys: list[str]) -> None:
    """What the config says does not hold on the blueprint, and the blueprint is asked in vain."""
    app = booted(SHOP + API + text + "\n" + REGISTER + ASK % 'ask("GET", "/api/z", "https://a.example")')
    (one,) = findings(CONFIG, app)
    assert all(key in one.message for key in keys)
    assert ("GET /api/z" in one.message, one.symbol) == (True, "blueprint api")
    assert asked(app)[0][2] is None


@pytest.mark.parametrize(
    "text",
    [
        'app.config["CORS_ORIGINS"] = ["https://a.example"]\nCORS(api, origins=["https://a.example"])',
        'app.config["CORS_ORIGINS"] = ["https://a.example"]\nCORS(api, origins="*")',
        'app.config["CORS_ORIGINS"] = ["https://a.example"]\nCORS(app)',
        'app.config["CORS_ORIGINS"] = "*"\nCORS(api)',
        'app.config["CORS_ORIGINS"] = None\nCORS(api)',
        'app.config["CORS_SUPPORTS_CREDENTIALS"] = False\nCORS(api)',
        'app.config["CORS_ORIGINS"] = ["https://a.example"]\noptions = {}\nCORS(api, **options)',
        'app.config["CORS_ORIGINS"] = ["https://a.example"]\nCORS(Blueprint("b", __name__))\nCORS(app)',
        'app.config["CORS_ORIGINS"] = ["https://a.example"]\nfor one in (api, app):\n    CORS(one)\n    CORS(one)',
        "CORS(api)",
    ],
)
def test_a_blueprint_that_says_it_itself_is_silent(text: str) -> None:
    """An option that is given, the app's own policy, a config that says nothing else, and what is unknown are well."""
    assert live(CONFIG, SHOP + API + text + "\n" + REGISTER) == []


@pytest.mark.parametrize(
    ("text", "view", "level", "part"),
    [
        ("CORS(app)", VIEW, Level.note, "may read every URL of the app because"),
        ("CORS(app)", GUARDED, Level.warning, "GET /me, which is for users who are logged in,"),
        ("CORS(app)", '\n@app.post("/x")\ndef x(): return {}\n', Level.warning, "POST /x, which changes state,"),
        (
            'CORS(app, resources={r"^/x$": {}})',
            '\n@app.get("/x")\ndef x(): return {"n": session.get("n")}\n',
            Level.warning,
            "under `^/x$`, such as GET /x, which keeps sessions,",
        ),
        ('CORS(app, origins=[r".*", "https://a.example"])', VIEW, Level.note, "any origin is allowed"),
        ('CORS(app, origins=[r"https?://.+"])', VIEW, Level.note, "any origin is allowed"),
        (API + "CORS(api)\n" + REGISTER, VIEW, Level.note, "the blueprint `api` because"),
        (
            "",
            '\n@app.get("/x")\n@jwt_required(optional=True)\n@cross_origin()\ndef x(): return {}\n',
            Level.note,
            "`x()` because",
        ),
        (
            "",
            '\n@app.get("/x")\n@cross_origin()\ndef x(): return {}\n@app.post("/y")\n@cross_origin()\ndef y(): return {}\n',
            Level.warning,
            "`x()` and 1 other view of this file, such as POST /y,",
        ),
        (
            "",
            "".join(f'\n@app.get("/{one}")\n@cross_origin()\ndef {one}(): return {{}}\n' for one in "abc"),
            Level.note,
            "`a()` and 2 other views of this file because",
        ),
    ],
)
def test_open_policies_are_found(text: str, view: str, level: Level, part: str) -> None:
    """Any origin is let in; how bad that is hangs on what is behind it."""
    (one,) = live(OPEN, SHOP + text + view)
    assert (one.level, part in one.message) == (level, True), one.message
    assert one.place.line > 1


@pytest.mark.parametrize(
    "text",
    [
        'CORS(app, origins=["https://a.example"])',
        'app.config["CORS_ORIGINS"] = "https://a.example"\nCORS(app)',
        'CORS(app, origins=[r"^https://[a-z]+\\.a\\.example$"])',
        "CORS(app, origins=[])",
        "CORS(app, supports_credentials=True)",
        'CORS(app, resources={r"/none": {}})',
        "CORS()",
        "",
    ],
)
def test_policies_of_named_origins_are_silent(text: str) -> None:
    """Origins that are named, none at all, another rule's fault, and a policy of nothing."""
    assert live(OPEN, SHOP + text + VIEW) == []


@pytest.mark.parametrize(
    ("origin", "part"),
    [
        ("https://a.example/", "a trailing slash"),
        ("https://a.example/app", "a path"),
        ("a.example", "no scheme"),
        ("https://a.example:443", "default port"),
        ("https://a.example,https://b.example", "several origins"),
        (" https://a.example", "spaces around it"),
        ("file://", "no host"),
    ],
)
def test_origins_that_never_match_are_found(origin: str, part: str) -> None:
    """What no browser sends is found where it comes from, and the front end is refused."""
    app = booted(
        SHOP
        + 'import os\nCORS(app, origins=os.environ["ORIGINS"])'
        + VIEW
        + ASK % 'ask("GET", "/x", "https://a.example")',
        environment={"ORIGINS": origin},
    )
    (one,) = findings(NEVER, app)
    assert (part in one.message, one.symbol, one.level) == (True, origin, Level.error)
    assert asked(app)[0][1] is None


@pytest.mark.parametrize(
    "origins",
    [
        '["https://a.example", "http://localhost:5173", "null"]',
        '"https://a.example".split(",")',
        '[r"^https://[a-z]+\\.a\\.example$"]',
        '["*", "a.example"]',
        '["HTTPS://A.EXAMPLE"]',
        "[]",
    ],
)
def test_origins_that_can_match_are_silent(origins: str) -> None:
    """Origins as browsers send them, expressions, and entries beside the one that lets all in."""
    assert live(NEVER, SHOP + f"CORS(app, origins={origins})" + VIEW) == []


def test_an_origin_is_told_once() -> None:
    """An entry that several policies share is one finding, of a decorator too."""
    text = 'CORS(app, origins=["a.example"], resources=["/x", "/y"])' + VIEW
    view = '\n@app.get("/w")\n@cross_origin(origins=["b.example"])\ndef w(): return {}\n'
    found = live(NEVER, SHOP + text + view)
    assert told(list(found)) == ["a.example", "b.example"]


@pytest.mark.parametrize(
    ("origins", "other"),
    [
        ('"https://*.a.example"', "https://xa.example"),
        ('r"https://.*\\.a\\.example"', "https://x.a.example.attacker.example"),
        ('re.compile(r"https://www.a.example$")', "https://wwwxa.example"),
        ('"http://localhost:*"', "http://localhost.attacker.example"),
    ],
)
def test_patterns_that_admit_strangers_are_found(origins: str, other: str) -> None:
    """The origin that a finding names is let in by the running app."""
    (one,) = findings(
        WIDE, app := booted(SHOP + f"import re\nCORS(app, origins=[{origins}], resources='/x')" + VIEW + ASK % "")
    )
    named = one.message.rpartition("admits ")[2].partition(",")[0]
    assert ("to GET /x" in one.message, app.routes[0].rule) == (True, app.routes[0].rule)
    again = booted(SHOP + f"import re\nCORS(app, origins=[{origins}])" + VIEW + ASK % f'ask("GET", "/x", "{named}")')
    assert asked(again)[0][1] == named
    assert other == other.lower()


@pytest.mark.parametrize(
    "origins",
    [
        '"https://a.example"',
        're.compile(r"^https://([a-z0-9-]+\\.)*a\\.example$")',
        're.compile(r"^http://localhost(:\\d+)?$")',
        're.compile("https://a [.]example # (not a group\\n$", re.VERBOSE)',
        '"*"',
        'r"https?://.*"',
    ],
)
def test_patterns_of_ones_own_domain_are_silent(origins: str) -> None:
    """Anchored patterns are well; what lets all in is told as that; what cannot be read again is passed over."""
    assert live(WIDE, SHOP + f"import re\nCORS(app, origins=[{origins}])" + VIEW) == []


def test_a_pattern_is_told_once_and_without_a_route() -> None:
    """One pattern of two resources is one finding; of a policy of no route it names none."""
    text = 'CORS(app, origins=["https://*.a.example"], resources=["/none", "/x"])'
    (one,) = live(WIDE, SHOP + text + VIEW)
    assert "GET" not in one.message


@pytest.mark.parametrize(
    ("text", "part", "asks", "lines"),
    [
        (
            API + 'CORS(api, origins=["https://a.example"])\n' + REGISTER + "CORS(app)",
            "the blueprint `api` does not keep any other origin out of GET /api/z: the policy for the app lets it in",
            ("/api/z", "https://evil.example"),
            1,
        ),
        (
            API + 'CORS(api, origins=["https://a.example"])\n' + REGISTER + 'CORS(app, origins=["https://b.example"])',
            "does not keep https://b.example out of GET /api/z",
            ("/api/z", "https://b.example"),
            1,
        ),
        (
            'CORS(app, origins=["https://a.example"])\nCORS(app, origins=["https://b.example"])',
            "another policy for the app lets it in",
            ("/x", "https://a.example"),
            1,
        ),
        ('CORS(app, origins=["https://a.example"])\nCORS(app)', "any other origin", ("/x", "https://evil.example"), 1),
        ('CORS(app)\nCORS(app, origins=["https://a.example"])', "any other origin", ("/x", "https://evil.example"), 1),
        (
            'CORS(app, origins=["https://a.example"])\nCORS(app, resources={"/x": {"origins": r"^https://.*"}})',
            "the policy for the app under `/x` lets it in",
            ("/x", "https://evil.example"),
            1,
        ),
        (
            "options = {}\nfor origin in ('https://a.example', '*'):\n    CORS(app, origins=origin, **options)",
            "another policy",
            ("/x", "https://evil.example"),
            0,
        ),
    ],
)
def test_policies_that_add_up_are_found(text: str, part: str, asks: tuple[str, str], lines: int) -> None:
    """What the narrower policy refuses is answered, in whichever order both were bound."""
    app = booted(SHOP + text + VIEW + ASK % 'ask("GET", "{}", "{}")'.format(*asks))
    (one,) = findings(ADD_UP, app)
    assert (part in one.message, one.level) == (True, Level.error), one.message
    assert len(one.related) == lines or one.place.path
    assert asked(app)[0][1] == asks[1]


@pytest.mark.parametrize(
    "text",
    [
        API + "CORS(api)\n" + REGISTER + 'CORS(app, origins=["https://a.example"])',
        API + 'CORS(api, origins=["https://a.example"])\n' + REGISTER,
        'CORS(app, origins=["https://a.example"])\nCORS(app, origins=["https://A.example"])',
        'CORS(app, resources={"/x": {"origins": "https://a.example"}})\nCORS(app, resources={"/y": {}})',
        'CORS(app, resources={"/x": {"origins": "https://a.example"}, "/.*": {}})',
        API
        + 'CORS(api, origins=["https://a.example"])\n'
        + REGISTER
        + 'CORS(app, resources={r"^/(?!api(/|$)).*$": {"origins": "*"}})',
        'CORS(app, origins=["https://a.example", "https://b.example"])',
    ],
)
def test_policies_that_exclude_each_other_are_silent(text: str) -> None:
    """A wider blueprint is what its author says; equal, disjoint and single policies undo nothing."""
    assert live(ADD_UP, SHOP + text + VIEW) == []


DECORATED = '\n@app.get("/w")\n@cross_origin(origins=["https://a.example"])\ndef w():\n    %s\n'


def test_an_aborted_answer_of_a_decorated_view_is_found() -> None:
    """What leaves past the decorator has the app's policy, and the app answers so."""
    text = SHOP + "CORS(app)" + DECORATED % "abort(403)" + ASK % 'ask("GET", "/w", "https://evil.example")'
    (one,) = findings(ADD_UP, app := booted(text))
    assert asked(app)[0][:2] == [403, "https://evil.example"]
    assert (one.level, one.symbol, "GET /w that are aborted" in one.message) == (Level.warning, "w()", True)
    loop = "options = {}\nfor one in ('https://b.example', '*'):\n    CORS(app, origins=one, **options)"
    assert live(ADD_UP, SHOP + loop + DECORATED % "abort(403)")


@pytest.mark.parametrize(
    "text",
    [
        "CORS(app)" + DECORATED % "return {}",
        'CORS(app, origins=["https://a.example"])' + DECORATED % "abort(403)",
        'CORS(app, resources="/x")' + DECORATED % "abort(403)",
        'CORS(app, resources=r"^/x/.*")' + DECORATED % "abort(403)",
        API + "CORS(api)\n" + REGISTER + DECORATED % "abort(403)",
        DECORATED % "abort(403)",
    ],
)
def test_a_decorator_that_is_not_passed_is_silent(text: str) -> None:
    """A decorator wins over the app's policy for what the view returns, and where the app has none for it."""
    assert live(ADD_UP, SHOP + text) == []


@pytest.mark.parametrize(
    ("text", "part", "path"),
    [
        ('CORS(app, resources=["/api"])', "covers nothing below it, such as `/api/news`", "/api/news"),
        ('CORS(app, resources="/api/")', "covers nothing below it", "/api/news"),
        ('CORS(app, resources={"/api/*": {}})', "also covers `/apiary`: the star repeats the slash", ""),
        ('CORS(app, resources={"api/*": {}})', "a path begins with a slash", "/api/news"),
        ('CORS(app, resources={"api": {}})', "a path begins with a slash", "/api/news"),
        ('CORS(app, resources={"/api/<int:number>": {}})', "not a route rule", "/api/1"),
        (
            'CORS(app, resources={"/(api|apiary|x|y)/.*": {}, "/api/ne.*": {"origins": "https://a.example"}})',
            "has no effect: `/(api|apiary|x|y)/.*` covers the same URLs and goes first, such as `/api/news`",
            "",
        ),
        (
            V1 + 'CORS(v1, resources={"/users": {}})' + ON_V1,
            "covers no URL of the blueprint `v1`, such as `/v1/users`",
            "/v1/users",
        ),
    ],
)
def test_patterns_that_are_misread_are_found(text: str, part: str, path: str) -> None:
    """A pattern that covers other URLs than it reads like is found, and the app does not answer there."""
    views = (
        '\n@app.get("/api/news")\ndef news(): return {}\n@app.get("/apiary")\ndef apiary(): return {}\n'
        '@app.get("/api/<int:number>")\ndef one(number): return {}\n'
    )
    asks = f'ask("GET", "{path}", "https://a.example")' if path else ""
    app = booted(SHOP + text + views + ASK % asks)
    (one,) = findings(RESOURCE, app)
    assert (part in one.message, one.level) == (True, Level.warning), one.message
    assert [answer[1] for answer in asked(app)] == [None] * bool(path)


@pytest.mark.parametrize(
    "text",
    [
        'CORS(app, resources=[r"^/api(/.*)?$"])',
        'CORS(app, resources={"/api/*": {}})',
        'CORS(app, resources={"/api/news": {}})',
        'CORS(app, resources={"/none": {}})',
        'CORS(app, resources={r"^/(?P<part>api)/.*$": {}})',
        'CORS(app, resources={r"/api/.*": {}, r"/api/news": {"origins": "https://a.example"}})',
        'CORS(app, resources={r"/(api|x|y|z|w)/.*": {}, r"/api/ne.*": {}})',
        'CORS(app, resources={r"api|/x": {}})',
        'CORS(app, origins="*")',
        V1 + 'CORS(v1, resources={r"^/v1/users$": {}})' + ON_V1,
        V1 + 'CORS(v1, resources={r"/v1/.*": {}, r"/later": {}})' + ON_V1,
        '@app.get("/w")\n@cross_origin()\ndef w(): return {}\nCORS(app, resources={r"/.*": {}, r"/w.*": {"origins": "https://a.example"}})',
        "",
    ],
)
def test_patterns_that_cover_what_they_read_like_are_silent(text: str) -> None:
    """Whole expressions, single paths, patterns that wait for routes, and those that do not differ are well."""
    views = '\n@app.get("/api/news")\ndef news(): return {}\n'
    assert live(RESOURCE, SHOP + text + views) == []


@pytest.mark.parametrize(
    ("text", "name", "part"),
    [
        ('CORS(app, origin="https://a.example")', "origin", "every origin is allowed"),
        ('CORS(app, allowed_origins=["https://a.example"])', "allowed_origins", "every origin is allowed"),
        ('CORS(app, resource={"/x": {}})', "resource", "every origin is allowed"),
        ('CORS(app, origins=["https://a.example"], support_credentials=True)', "support_credentials", "drops it"),
        ('CORS(app, origins=["https://a.example"], origin="https://b.example")', "origin", "drops it"),
        ('CORS(app, resources={"/x": {"origin": "https://a.example"}})', "origin", "every origin is allowed"),
        ('cors = CORS(app, headers="X-Shop")', "headers", "drops it"),
        ('CORS(app, quite_new=True, origins=["https://a.example"])', "quite_new", "drops it"),
        ('import os\nCORS(app, origin=os.environ.get("ORIGIN"))', "origin", "every origin is allowed"),
        (API + 'CORS(api, origin="https://a.example")\n' + REGISTER, "origin", "every origin is allowed"),
        (
            '@app.get("/w")\n@app.get("/v")\n@cross_origin(origin="https://a.example")\ndef w(): return {}',
            "origin",
            "every origin is allowed",
        ),
    ],
)
def test_unknown_options_are_found(text: str, name: str, part: str) -> None:
    """An option that was dropped is found, of calls that nobody keeps and of decorators too."""
    (one,) = live(OPTION, SHOP + text + VIEW)
    assert (one.symbol, part in one.message, one.level) == (name, True, Level.error)


@pytest.mark.parametrize(
    "text",
    [
        'CORS(app, origins=["https://a.example"], max_age=60, allow_headers=["X-Shop"])',
        'CORS(app=app, origins=["https://a.example"])',
        'CORS(app, resources={"/x": {"origins": "https://a.example", "methods": ["GET"]}})',
        'options = {"origins": "https://a.example"}\nCORS(app, **options)',
        'CORS(origin="https://a.example")\nCORS(app)',
        '@app.get("/w")\n@cross_origin(origins=["https://a.example"], automatic_options=False)\ndef w(): return {}',
        "CORS(app, intercept_exceptions=False, send_wildcard=False)",
    ],
)
def test_known_options_are_silent(text: str) -> None:
    """Options that Flask-CORS knows, and those of an instance that is bound nowhere."""
    assert live(OPTION, SHOP + text + VIEW) == []


def folded(text: str) -> list[tuple[str, list[str]]]:
    """Return the rules of the faults on CORS with those of their consequences."""
    examination = judge(booted(SHOP + text), Settings(select=("cors",)))
    return [(one.finding.rule, sorted(each.rule for each in one.consequences)) for one in examination.faults]


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ('CORS(app, origin="https://a.example")' + VIEW, [(OPTION, [OPEN])]),
        ('CORS(app, origin="https://a.example", supports_credentials=True)' + VIEW, [(OPTION, [CREDENTIALS])]),
        (
            'app.config["CORS_ORIGINS"] = ["https://a.example"]\n' + API + "CORS(api)\n" + REGISTER,
            [(CONFIG, [OPEN])],
        ),
        ('@app.get("/w")\n@cross_origin(origin="https://a.example")\ndef w(): return {}', [(OPTION, [OPEN])]),
        (
            API + 'CORS(api, origin="https://a.example")\n' + REGISTER + "CORS(app)" + VIEW,
            [(OPTION, [OPEN]), (OPEN, [])],
        ),
        ('CORS(app, headers="X-Shop")' + VIEW, [(OPTION, []), (OPEN, [])]),
    ],
)
def test_consequences_are_told_under_their_cause(text: str, faults: list[tuple[str, list[str]]]) -> None:
    """An open policy stands under the option that was to close it, and under no other's."""
    assert folded(text) == faults


def test_without_flask_cors_nothing_is_asked() -> None:
    """The rules say why they have nothing to say."""
    app = booted("from flask import Flask\napp = Flask(__name__)\n@app.get('/x')\ndef x(): return {}\n")
    assert {skipped(rule, app) for rule in ALL} == {"Flask-CORS does not serve this app"}


def test_a_policy_without_an_instance_has_no_place() -> None:
    """Where it is not known which call made a policy, the finding stands at the app."""
    policy = {"source": "CORS(app)", "origins": ["*"], "open": True, "credentials": False, "resource": "/*"}
    resource = {"pattern": "/*", "regex": True, "origins": [], "open": True, "credentials": False, "methods": []}
    app = LiveApp(
        "shop",
        instances=(Instance("cors", bound="this"),),
        routes=(Route("/x", "x", "GET", path="/x", cors=Cors(policies=(policy,))),),
        facts={"cors": [{"at": "app", "resources": [{**resource, "matches": 1}]}]},
    )
    (one,) = findings(OPEN, app)
    assert isinstance(one, Finding)
    assert one.place.path == ""
