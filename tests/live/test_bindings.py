from __future__ import annotations

import datetime as dt
import types
import uuid
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Blueprint, Flask
from flask_caching import Cache
from flask_cors import CORS
from flask_jwt_extended import JWTManager
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_mail import Mail
from flask_migrate import Migrate  # type: ignore[import-untyped]  # has no types
from flask_sqlalchemy import SQLAlchemy

from keck.live.extensions import instances, told
from keck.live.extensions.redis import address, address_of_url
from keck.live.extensions.sqlalchemy import normalised
from keck.live.record import Instance
from keck.live.scan import scan
from tests.live.worlds import imported, made, of, only

MAKE: dict[str, Any] = {
    "sqlalchemy": SQLAlchemy,
    "migrate": lambda: Migrate(db=SQLAlchemy()),
    "jwt": JWTManager,
    "cors": lambda: CORS(origins=["https://only.example"], max_age=3),
    "caching": Cache,
    "limiter": lambda: Limiter(get_remote_address, default_limits=["5/minute"]),
}


def reading(app: Flask, value: object) -> Instance:
    """Return what is read of one instance."""
    found = scan(app)
    (held,) = (one for one in found.held if one.object is value)
    (one,) = told(held.extension, held, app, found)
    return one


@pytest.mark.parametrize("extension", MAKE)
def test_bound_to_this_another_both_or_none(extension: str) -> None:
    """Each of those that leave a trace is told to be bound to this app, another, both, or never."""
    this, other = made("this"), made("other")
    one = MAKE[extension]()
    assert reading(this, one).bound == "never"
    one.init_app(other)
    assert (reading(this, one).bound, reading(this, one).others) == ("other", ("other",))
    one.init_app(this)
    assert (reading(this, one).bound, reading(this, one).others) == ("both", ("other",))
    if extension != "limiter":
        del other.extensions
    other.after_request_funcs.clear()
    other.extensions = {}
    assert (reading(this, one).bound, reading(this, one).others) == ("this", ())


def test_bound_by_the_constructor() -> None:
    """An instance that the constructor binds is bound, whether or not anybody keeps it."""
    app = made(CORS_ORIGINS="https://a.example")
    db = SQLAlchemy(app)
    Migrate(app, db)
    JWTManager(app)
    CORS(app)
    Cache(app)
    Limiter(get_remote_address, app=app, default_limits=["5/minute"])
    Mail(app)
    found = instances(app, scan(app))
    serving = [one.extension for one in found if one.bound == "this"]
    assert serving == ["sqlalchemy", "migrate", "jwt", "cors", "caching", "limiter", "mail"]
    assert not any(
        one.inert or one.drift or one.twice or one.facts.get("unread") for one in found if one.bound == "this"
    )
    assert [one.bound for one in found] == sorted((one.bound for one in found), key=["this", "other", "never"].index)


def test_mail() -> None:
    """A Mail that was pinned to an app is bound to it; one of `init_app` may be any."""
    this, other = made("this", MAIL_DEFAULT_SENDER=("Shop", "shop@example.org")), made("other", MAIL_PORT="25")
    loose = Mail()
    assert reading(this, loose).bound == "never"
    pinned = Mail(other)
    assert (reading(this, pinned).bound, reading(this, pinned).others) == ("other", ("other",))
    assert reading(this, pinned).facts["port"] == "25"
    assert (reading(this, loose).bound, reading(this, loose).others) == ("other", ("other",))
    loose.init_app(this)
    found = reading(this, loose)
    assert (found.bound, found.facts["default_sender"]) == ("unknown", "Shop <shop@example.org>")
    assert [one.bound for one in of(this, "mail") if one.name == ""] == ["unknown", "other"]
    del loose
    assert sorted(one.bound for one in of(this, "mail")) == ["other", "this"]
    again = Mail(this)
    assert (reading(this, again).twice, reading(this, again).facts["server"]) == (0, "127.0.0.1")
    Mail().init_app(this)
    assert reading(this, again).twice == 2
    del this.extensions["mail"]
    assert reading(this, again).bound == "this"


def test_twice() -> None:
    """Two caches, two limiters, two policies and two managers that fill templates are told to be two."""
    app = made()
    caches = [Cache(app), Cache(app)]
    limiters = [Limiter(get_remote_address, app=app) for _ in "ab"]
    managers = [JWTManager(app, add_context_processor=True) for _ in "ab"]
    CORS(app, origins="https://a.example")
    CORS(app, origins="https://b.example")
    assert [reading(app, one).twice for one in (*caches, *limiters)] == [2, 2, 2, 2]
    assert [reading(app, one).twice for one in managers] == [0, 2]
    assert [one.twice for one in of(app, "cors", bound="this")] == [2, 2]


def test_a_replaced_migrate() -> None:
    """A Migrate with a db beside the one that serves may have been replaced; which db it has is told."""
    app = made()
    db = SQLAlchemy(app)
    first, last = Migrate(app, db), Migrate(app, db, directory="elsewhere", render_as_batch=False)
    assert (reading(app, first).bound, reading(app, first).facts["replaced"]) == ("never", True)
    facts = reading(app, last).facts
    assert facts == {
        "directory": "elsewhere",
        "exists": False,
        "db": "this",
        "options": ["compare_type", "render_as_batch"],
        "replaced": False,
    }
    assert reading(app, Migrate()).facts["db"] == "none"
    app.extensions["migrate"].db = SQLAlchemy()
    assert reading(app, last).facts["db"] == "other"


@pytest.mark.parametrize(
    ("config", "extension", "why"),
    [
        ({"CACHE_TYPE": "NullCache", "CACHE_NO_NULL_WARNING": True}, "caching", "its backend is NullCache"),
        ({"RATELIMIT_ENABLED": False}, "limiter", "RATELIMIT_ENABLED is false"),
        ({"MAIL_SUPPRESS_SEND": True}, "mail", "its mails are suppressed"),
        ({"TESTING": True}, "mail", "its mails are suppressed"),
        ({}, "caching", ""),
        ({}, "limiter", ""),
        ({}, "mail", ""),
    ],
)
def test_inert(config: dict[str, Any], extension: str, why: str) -> None:
    """What is bound and does nothing is told why."""
    app = made(**config)
    kept = [Cache(app), Limiter(get_remote_address, app=app, default_limits=["5/minute"]), Mail(app)]
    assert only(app, extension).inert == why
    assert len(kept) == 3


def test_inert_without_db() -> None:
    """A Migrate that was bound without a db is inert."""
    app = made()
    Migrate().init_app(app)
    assert only(app, "migrate").inert == "it was bound without a db"


def test_limits_that_are_off() -> None:
    """A limiter that is switched off by hand is inert, and so is one that was never on; one for another app is not ours."""
    app = made("this")
    limiter = Limiter(get_remote_address, app=app, default_limits=["5/minute"])
    limiter.enabled = False
    assert reading(app, limiter).inert == "it is switched off"
    assert reading(app, Limiter(get_remote_address, enabled=False)).bound == "never"
    away = Limiter(get_remote_address, app=(other := made("other", RATELIMIT_ENABLED=False)))
    assert not other.extensions.get("limiter")
    assert (reading(app, away).bound, reading(app, away).others) == ("other", ("other",))


def test_limits_that_the_constructor_switched_off() -> None:
    """A limiter that was made switched off and then bound is bound and inert: the config says so afterwards."""
    app = made()
    limiter = Limiter(get_remote_address, enabled=False)
    limiter.init_app(app)
    found = reading(app, limiter)
    assert (found.bound in {"this", "both"}, found.inert) == (True, "RATELIMIT_ENABLED is false")


def test_no_limit_at_all(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A limiter without any limit is inert, unless code asks it within a view."""
    idle = "from flask_limiter import Limiter\nfrom flask_limiter.util import get_remote_address\n"
    idle += "limiter = Limiter(get_remote_address)\n"
    asked = idle + "def view():\n    with limiter.limit('5/minute'):\n        return ''\n"
    modules = imported(monkeypatch, tmp_path, {"idle.py": idle, "asked.py": asked})
    app = made()
    for module in modules.values():
        module.limiter.init_app(app)
    assert reading(app, modules["idle"].limiter).inert == "no limit is defined"
    assert reading(app, modules["asked"].limiter).inert == ""


# --- facts ---


class _Columns:
    """A database whose models have every kind of default."""

    def __init__(self) -> None:
        self.db = db = SQLAlchemy()

        class Entry(db.Model):  # type: ignore[name-defined, misc]  # as Flask-SQLAlchemy is used
            __tablename__ = "entry"
            id = sa.Column(sa.Integer, primary_key=True)
            at = sa.Column(sa.DateTime, default=dt.datetime.now(dt.UTC))
            day = sa.Column(sa.Date, onupdate=dt.datetime.now(dt.UTC).date())
            key = sa.Column(sa.Uuid, default=uuid.uuid4())
            data = sa.Column(sa.JSON, default={})
            epoch = sa.Column(sa.DateTime, default=dt.datetime(1970, 1, 1, tzinfo=dt.UTC))
            opens = sa.Column(sa.Time, default=dt.time(9))
            good = sa.Column(sa.DateTime, default=lambda: dt.datetime.now(dt.UTC))
            role = sa.Column(sa.String, default="user")
            era = sa.Column(sa.DateTime, default=dt.datetime(1970, 1, 1, tzinfo=dt.UTC))
            born = sa.Column(sa.Date, default=dt.date(2020, 1, 1))
            noon = sa.Column(sa.Time, default=dt.time(12))
            now = sa.Column(sa.DateTime, default=sa.func.now())

        class Child(Entry):
            pass

        self.entry, self.child = Entry, Child


def test_facts_of_sqlalchemy() -> None:
    """Engines, models and defaults that were evaluated once are told, with the line of the column."""
    app = made(
        SQLALCHEMY_BINDS={"audit": "postgresql+psycopg://u:hunter22@db.example/audit"},
        SQLALCHEMY_ENGINE_OPTIONS={"pool_pre_ping": True, "pool_recycle": 30},
    )
    world = _Columns()
    world.db.init_app(app)
    facts = reading(app, world.db).facts
    assert facts["engines"][""] == {
        "url": "sqlite://",
        "driver": "pysqlite",
        "dialect": "sqlite",
        "database": "",
        "memory": True,
        "pool": "StaticPool",
        "pre_ping": True,
        "recycle": 30,
        "checked_in": 0,
    }
    audit = facts["engines"]["audit"]
    assert (audit["url"], audit["memory"]) == ("postgresql+psycopg://u:***@db.example/audit", False)
    assert (audit["pool"], audit["pre_ping"], audit["recycle"]) == ("QueuePool", False, -1)
    assert facts["models"] == 2
    assert [(one["column"], one["fault"]) for one in facts["columns"]] == [
        ("at", "same value for every row: datetime"),
        ("day", "same value for every row: date"),
        ("key", "same value for every row: UUID"),
        ("data", "one object for every row: dict"),
    ]
    lines = Path(__file__).read_text(encoding="utf-8").splitlines()
    assert all(lines[one["line"] - 1].strip().startswith(one["column"]) for one in facts["columns"])
    assert all(one["model"].endswith("_Columns.__init__.<locals>.Entry") for one in facts["columns"])


@pytest.mark.parametrize(
    ("url", "memory"),
    [
        ("sqlite:///{}/a.db", False),
        ("sqlite:///file:x?mode=memory&uri=true", True),
    ],
)
@pytest.mark.filterwarnings("ignore:Selection of the SingletonThreadPool")
def test_memory(url: str, memory: bool, tmp_path: Path) -> None:
    """A database in memory is told from one in a file."""
    app = Flask("shop", instance_path=str(tmp_path))
    app.config["SQLALCHEMY_DATABASE_URI"] = url.format(tmp_path.as_posix())
    db = SQLAlchemy(app)
    assert reading(app, db).facts["engines"][""]["memory"] is memory


def test_facts_of_jwt() -> None:
    """Which callbacks the project has set is told by name."""
    app = made()
    plain, full = JWTManager(app), JWTManager()
    assert reading(app, plain).bound == "this"
    assert reading(app, plain).facts == {
        "user_lookup": False,
        "blocklist": False,
        "key_loaders": False,
        "lookup_reads": [],
        "callbacks": {},
    }

    @full.user_lookup_loader
    def user(_header: object, data: dict[str, str]) -> str:
        return data["token_version"]

    @full.token_in_blocklist_loader
    def gone(_header: object, _data: object) -> bool:
        return False

    full.encode_key_loader(gone)
    facts = reading(app, full).facts
    assert (facts["user_lookup"], facts["blocklist"], facts["key_loaders"]) == (True, True, True)
    assert sorted(facts["callbacks"]) == [
        "_encode_key_callback",
        "_token_in_blocklist_callback",
        "_user_lookup_callback",
    ]
    assert facts["lookup_reads"] == ["token_version"]
    assert facts["callbacks"]["_user_lookup_callback"] == f"{__name__}.test_facts_of_jwt.<locals>.user"


def test_facts_of_caching(tmp_path: Path) -> None:
    """What the backend is made of is told, though it was given to `init_app` and never reached the app's config."""
    app = made()
    redis, files = Cache(), Cache(config={"CACHE_TYPE": "FileSystemCache", "CACHE_DIR": str(tmp_path)})
    given = {"CACHE_TYPE": "RedisCache", "CACHE_REDIS_URL": "redis://:hunter22@cache.example:6380/3"}
    redis.init_app(app, config={**given, "CACHE_KEY_PREFIX": "shop:", "CACHE_DEFAULT_TIMEOUT": dt.timedelta(minutes=1)})
    files.init_app(app)
    assert reading(app, redis).facts == {
        "backend": "RedisCache",
        "prefix": "shop:",
        "timeout": 60,
        "per_process": False,
        "where": "cache.example:6380/3",
        "threshold": None,
    }
    facts = reading(app, files).facts
    assert (facts["where"], facts["backend"], facts["threshold"]) == (str(tmp_path), "FileSystemCache", 500)
    assert reading(app, Cache()).facts == {}


def test_a_prefix_that_a_function_makes() -> None:
    """A function in place of a prefix is told by its name."""
    app = made(CACHE_TYPE="RedisCache", CACHE_KEY_PREFIX=get_remote_address)
    assert reading(app, Cache(app)).facts["prefix"] == "flask_limiter.util.get_remote_address()"


def _by_user() -> str:
    return "u"


LIMITED = """
from flask_limiter import Limiter

def key(): return "k"

limiter = Limiter(
    key,
    default_limits=["5/minute;100 per hour", "five a day"],
    application_limits=["1000/day", lambda: "1/second"],
    meta_limits=["", "9/hour"],
)

@limiter.limit("3 per fortnight and a half")
@limiter.limit("3 per minute")
def view(): return ""

class Views:
    @limiter.limit("often")
    def get(self): return ""
"""


def test_facts_of_limiter(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Limits, keys and filters are told as text, and limits that cannot be parsed with their place."""
    limiter = imported(monkeypatch, tmp_path, {"limited.py": LIMITED})["limited"].limiter
    app = made(RATELIMIT_KEY_PREFIX="shop:")
    limiter.request_filter(_by_user)
    limiter.init_app(app)
    limiter.limit("rarely")(Blueprint("admin", __name__))
    facts = reading(app, limiter).facts
    path = (tmp_path / "limited.py").as_posix()
    unparsed = {one["name"]: (one["text"], one["path"], one["line"]) for one in facts.pop("unparsed")}
    assert unparsed == {
        "default": ("five a day", path, 5),
        "blueprint admin": ("rarely", path, 5),
        "limited.view": ("3 per fortnight and a half", path, 12),
        "limited.Views.get": ("often", path, 17),
    }
    assert facts == {
        "enabled": True,
        "initialized": True,
        "storage": "MemoryStorage",
        "per_process": True,
        "where": "",
        "prefix": "shop:",
        "strategy": "fixed-window",
        "swallow_errors": False,
        "fallback": False,
        "key": "limited.key",
        "default": ["5 per 1 minute", "100 per 1 hour", "five a day"],
        "application": ["1000 per 1 day", "what limited.<lambda>() returns"],
        "application_key": "limited.key",
        "filters": [f"{__name__}._by_user"],
        "routes": 2,
        "blueprints": 1,
        "meta": ["9 per 1 hour"],
    }


def test_a_limit_of_a_function_that_is_gone() -> None:
    """A limit whose function no module names is told without a place."""
    app = made()
    limiter = Limiter(get_remote_address, app=app)

    def view() -> str:
        return ""

    view.__module__ = "no_such_module"
    limiter.limit("never ever")(view)
    (one,) = reading(app, limiter).facts["unparsed"]
    assert (one["name"].startswith("no_such_module.view"), one["path"]) == (True, "")


@pytest.mark.parametrize(
    ("uri", "where"),
    [
        ("redis://:hunter22@limits.example:6380/1", "limits.example:6380/1"),
        ("redis://", "localhost:6379/0"),
        ("redis+unix:///run/redis.sock", "/run/redis.sock/0"),
        ("memcached://u:hunter22@cache.example:11211", "cache.example:11211"),
        ("memory://", ""),
    ],
)
def test_where_limits_are_counted(uri: str, where: str) -> None:
    """The place of the storage is told without its password."""
    app = made(RATELIMIT_STORAGE_URI=uri)
    limiter = Limiter(get_remote_address, app=made())
    if uri.startswith("memcached"):
        vars(limiter)["_storage_uri"] = uri
    else:
        limiter = Limiter(get_remote_address, app=app)
    assert reading(app, limiter).facts["where"] == where


def test_facts_of_cors() -> None:
    """The arguments are told as text, and those that flask-cors does not know by name."""
    app = made()
    cors = CORS(app, origin="https://a.example", resources={r"/api/*": {"orgins": "*"}, "/x": {}}, max_age=3)  # type: ignore[call-arg]  # the fault
    facts = reading(app, cors).facts
    assert facts["unknown"] == ["orgins", "origin"]
    assert facts["options"]["origin"] == "https://a.example"
    assert facts["options"]["max_age"] == "3"
    assert facts["resources"] == ["/x", "/api/*"]
    assert reading(app, cors).bound == "this"


# --- what breaks ---


def test_a_broken_instance_leaves_the_rest() -> None:
    """An instance whose attributes are gone is told to be unknown; the others are read."""
    app = made()
    kept = [SQLAlchemy(app), JWTManager(app), Cache(app), Limiter(get_remote_address, app=app), Mail(app), CORS(app)]
    vars(kept[3]).clear()
    vars(kept[5]).clear()
    vars(kept[0]).pop("Model")
    vars(kept[1]).pop("_user_lookup_callback")
    found = {one.extension: one for one in instances(app, scan(app)) if one.bound in {"this", "unknown"}}
    assert (found["limiter"].bound, found["limiter"].facts) == ("unknown", {"unread": ["KeyError"]})
    assert found["cors"].bound == "unknown"
    assert (found["sqlalchemy"].bound, found["sqlalchemy"].facts["unread"]) == ("this", ["models", "columns"])
    assert found["jwt"].facts["unread"] == ["user_lookup"]
    assert found["caching"].facts["backend"] == "SimpleCache"


def test_apps_of_another_make() -> None:
    """An app that has no extensions of the expected kind is another that holds nothing."""
    app, other = made("this"), made("other")
    cache = Cache(app)
    other.extensions["cache"] = object()
    other.extensions["migrate"] = 5
    assert reading(app, cache).bound == "this"
    assert reading(app, Migrate()).bound == "never"


def test_sqlalchemy_before_3() -> None:
    """The state that Flask-SQLAlchemy 2 keeps tells its instance."""
    app = made()
    db = SQLAlchemy()
    state = type("_SQLAlchemyState", (), {})()
    state.db = db
    app.extensions["sqlalchemy"] = state
    assert reading(app, db).bound == "this"


def test_limiter_before_2() -> None:
    """The limiter that Flask-Limiter 1 keeps is told."""
    app = made()
    limiter = Limiter(get_remote_address)
    app.extensions["limiter"] = limiter
    assert reading(app, limiter).bound == "this"


def test_addresses_of_redis() -> None:
    """A client without a pool has no address; a socket's is its path."""
    assert address(types.SimpleNamespace()) == ""
    assert address_of_url("unix:///run/redis.sock?db=3") == "/run/redis.sock/3"
    assert address_of_url("redis+unix:///run/redis.sock") == "/run/redis.sock/0"


def test_flask_cors_of_another_make(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where flask-cors makes its hook otherwise, no hook is known."""
    app = made()
    CORS(app)
    monkeypatch.delattr("flask_cors.extension.make_after_request_function")
    assert of(app, "cors", bound="this") == []


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("sqlite:///a.db", "sqlite:////srv/instance/a.db"),
        ("sqlite:////a.db", "sqlite:////a.db"),
        ("sqlite://", "sqlite://"),
        ("sqlite:///:memory:", "sqlite:///%3Amemory%3A"),
        ("sqlite:///file:a.db?uri=true", "sqlite:///file%3A/srv/instance/a.db?uri=true"),
        ("mysql+pymysql://u@h/d", "mysql+pymysql://u@h/d?charset=utf8mb4"),
        ("mysql+pymysql://u@h/d?charset=latin1", "mysql+pymysql://u@h/d?charset=latin1"),
        ("postgresql://u@h/d", "postgresql://u@h/d"),
        ("no url", None),
    ],
)
def test_urls_are_normalised_as_flask_sqlalchemy_does(url: str, expected: str | None) -> None:
    """A relative file is one of the instance folder, MySQL gets its charset; nothing is created."""
    app = Flask("shop", instance_path="/srv/instance")
    found = normalised(app, url)
    assert (found.render_as_string(hide_password=False) if found is not None else None) == expected
