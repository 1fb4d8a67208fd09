from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import redis
import sqlalchemy as sa
from flask import Blueprint, Flask
from flask_caching import Cache
from flask_caching.backends.simplecache import SimpleCache
from flask_cors import CORS
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_mail import Mail
from flask_sqlalchemy import SQLAlchemy

from keck.live.extensions import instances
from keck.live.scan import scan
from tests.live.worlds import imported, made, of
from tests.live_support import booted


def drifts(app: Flask) -> dict[str, tuple[str, str]]:
    """Return what has drifted of the extensions that serve an app, by key."""
    every = instances(app, scan(app))
    serving = [one for one in every if one.bound in {"this", "both", "unknown"}]
    return {each.key: (each.used, each.configured) for one in serving for each in one.drift}


def _per_minute() -> str:
    return "5/minute"


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"TESTING": True, "RATELIMIT_ENABLED": False, "CACHE_TYPE": "NullCache", "CACHE_NO_NULL_WARNING": True},
        {"SQLALCHEMY_DATABASE_URI": "sqlite:///shop.db"},
        {"SQLALCHEMY_DATABASE_URI": "postgresql+psycopg://u:p%40ss@db.example/shop?sslmode=require"},
        {"SQLALCHEMY_BINDS": {"audit": "sqlite:///audit.db", "log": {"url": "sqlite://", "echo": False}}},
        {"SQLALCHEMY_DATABASE_URI": None, "SQLALCHEMY_ENGINE_OPTIONS": {"url": "sqlite:///shop.db"}},
        {
            "SQLALCHEMY_DATABASE_URI": "postgresql+psycopg://u@db.example/shop",
            "SQLALCHEMY_ENGINE_OPTIONS": {
                "pool_pre_ping": True,
                "pool_recycle": 30,
                "pool_size": 3,
                "max_overflow": 4,
                "pool_timeout": 5,
                "connect_args": {"connect_timeout": 2},
            },
        },
        {"CACHE_TYPE": "flask_caching.backends.SimpleCache", "CACHE_DEFAULT_TIMEOUT": dt.timedelta(minutes=2)},
        {"CACHE_TYPE": f"{SimpleCache.__module__}.SimpleCache", "CACHE_THRESHOLD": 7},
        {"CACHE_TYPE": f"{__name__}.OwnCache"},
        {"CACHE_TYPE": f"{__name__}.own_cache"},
        {"CACHE_TYPE": "RedisCache", "CACHE_REDIS_URL": "rediss://u:hunter22@Cache.example/2", "CACHE_KEY_PREFIX": "a"},
        {"CACHE_TYPE": "RedisCache", "CACHE_REDIS_HOST": "cache.example", "CACHE_REDIS_DB": 3, "CACHE_KEY_PREFIX": ""},
        {"CACHE_TYPE": "RedisCache", "CACHE_OPTIONS": {"default_timeout": 9, "key_prefix": "b"}},
        {"CACHE_TYPE": "RedisCache", "CACHE_REDIS_URL": "redis://", "CACHE_REDIS_DB": 4},
        {"RATELIMIT_DEFAULT": "5 per minute, 7/hour", "RATELIMIT_APPLICATION": "9/day", "RATELIMIT_META": "3/day"},
        {"RATELIMIT_DEFAULT": _per_minute, "RATELIMIT_KEY_PREFIX": "shop:", "RATELIMIT_STRATEGY": "moving-window"},
        {"RATELIMIT_STORAGE_URI": "redis://:hunter22@limits.example:6380/1", "RATELIMIT_HEADERS_ENABLED": 1},
        {"RATELIMIT_STORAGE_URI": None, "RATELIMIT_DEFAULT": None, "RATELIMIT_APPLICATION": ""},
        {"RATELIMIT_DEFAULT": 5, "RATELIMIT_META": []},
        {"SQLALCHEMY_DATABASE_URI": None, "SQLALCHEMY_BINDS": {"only": "sqlite://"}},
        {"RATELIMIT_IN_MEMORY_FALLBACK": "5/minute", "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": True},
        {"MAIL_SERVER": "smtp.example", "MAIL_PORT": 587, "MAIL_USE_TLS": True, "MAIL_DEBUG": 0, "MAIL_PASSWORD": "x"},
        {"MAIL_DEFAULT_SENDER": ("Shop", "shop@example.org"), "MAIL_SUPPRESS_SEND": False, "TESTING": True},
        {"CORS_ORIGINS": ["https://a.example"], "CORS_SUPPORTS_CREDENTIALS": True, "CORS_MAX_AGE": 60},
        {"CORS_ORIGINS": r"https://.*\.example\.org$", "CORS_RESOURCES": r"/api/*", "CORS_METHODS": ["GET", "POST"]},
        {"CORS_RESOURCES": {r"/api/*": {"origins": "https://a.example"}, "/x": {}}, "CORS_INTERCEPT_EXCEPTIONS": False},
    ],
)
@pytest.mark.filterwarnings("ignore:Using the in-memory storage")
def test_nothing_drifts_where_nothing_was_changed(config: dict[str, Any], tmp_path: Path) -> None:
    """Whatever the config says: an app whose config stayed as it was when it was read has no drift."""
    app = Flask("shop", instance_path=str(tmp_path))
    app.config.update(made(**config).config)
    kept = [SQLAlchemy(app), CORS(app), Cache(app), Limiter(get_remote_address, app=app), Mail(app)]
    assert drifts(app) == {}
    assert len(kept) == 5


class OwnCache(SimpleCache):
    """A backend of the project."""


def own_cache(*_: object) -> OwnCache:
    """Return a backend, as flask-caching asks a function for it."""
    return OwnCache()


def test_urls_that_were_changed(tmp_path: Path) -> None:
    """A database that the config names after the engine was made is told, each bind, passwords masked."""
    app = Flask("shop", instance_path=str(tmp_path))
    url = "postgresql+psycopg://u:{}@db.example/audit"
    app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:///shop.db"
    app.config["SQLALCHEMY_BINDS"] = {"audit": url.format("hunter22"), "gone": "sqlite://"}
    db = SQLAlchemy(app)
    app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:///:memory:"
    app.config["SQLALCHEMY_BINDS"] = {"audit": url.format("hunter23"), "late": {"url": "sqlite:///late.db"}}
    folder = tmp_path.as_posix()
    masked = "postgresql+psycopg://u:***@db.example/audit"
    assert drifts(app) == {
        "SQLALCHEMY_DATABASE_URI": (f"sqlite:///{folder}/shop.db", "sqlite:///:memory:"),
        'SQLALCHEMY_BINDS["audit"]': (masked, f"{masked} (another password)"),
        'SQLALCHEMY_BINDS["gone"]': ("sqlite://", "nothing"),
        'SQLALCHEMY_BINDS["late"]': ("no engine", f"sqlite:///{folder}/late.db"),
    }
    assert not (tmp_path / "late.db").exists()
    del db


def test_pools_that_were_changed() -> None:
    """Engine options that were set after the engine was made are told; what this pool has not is not."""
    app = made(SQLALCHEMY_DATABASE_URI="postgresql+psycopg://u@db.example/shop")
    db = SQLAlchemy(app)
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {
        "pool_pre_ping": True,
        "pool_size": 20,
        "isolation_level": "SERIALIZABLE",
    }
    assert drifts(app) == {
        'SQLALCHEMY_ENGINE_OPTIONS["pool_pre_ping"]': ("False", "True"),
        'SQLALCHEMY_ENGINE_OPTIONS["pool_size"]': ("5", "20"),
    }
    memory = made()
    other = SQLAlchemy(memory)
    memory.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"pool_size": 20}
    assert drifts(memory) == {}
    assert db is not other


class OwnDatabase(SQLAlchemy):
    """An SQLAlchemy that makes its engines itself."""

    def _make_engine(self, bind_key: str | None, options: dict[str, Any], app: Flask) -> sa.Engine:
        options["url"] = "sqlite://"
        return super()._make_engine(bind_key, options, app)


@pytest.mark.parametrize("uri", ["sqlite:///named.db", "sqlite:///named.db?plugin=own"])
def test_what_cannot_be_compared_is_not_told(uri: str) -> None:
    """Engines that the project makes itself, and URLs that a plugin changes, are not compared."""
    app = made(SQLALCHEMY_DATABASE_URI=uri.partition("?")[0])
    db: SQLAlchemy = OwnDatabase(app) if "plugin" not in uri else SQLAlchemy(app)
    app.config["SQLALCHEMY_DATABASE_URI"] = uri
    assert drifts(app) == {}
    assert db is not None


def test_a_url_that_is_none() -> None:
    """A URL that cannot be parsed names no database."""
    app = made()
    db = SQLAlchemy(app)
    app.config["SQLALCHEMY_DATABASE_URI"] = "hunter22"
    assert drifts(app) == {"SQLALCHEMY_DATABASE_URI": ("sqlite://", "nothing")}
    assert db is not None


CHANGED: list[tuple[dict[str, Any], dict[str, Any], dict[str, tuple[str, str]]]] = [
    ({}, {"MAIL_SERVER": "smtp.example"}, {"MAIL_SERVER": ("127.0.0.1", "smtp.example")}),
    (
        {"MAIL_PASSWORD": "hunter22"},
        {"MAIL_PASSWORD": "hunter23"},
        {"MAIL_PASSWORD": ("***", "*** (another password)")},
    ),
    ({"MAIL_PORT": 25}, {"MAIL_PORT": "25"}, {"MAIL_PORT": ("25", "25 (str)")}),
    ({"MAIL_DEBUG": 0}, {"MAIL_DEBUG": True}, {"MAIL_DEBUG": ("0", "1")}),
    ({}, {"TESTING": True}, {"TESTING": ("False", "True")}),
    ({"TESTING": True}, {"MAIL_SUPPRESS_SEND": False}, {"MAIL_SUPPRESS_SEND": ("True", "False")}),
    ({}, {"CACHE_TYPE": "NullCache"}, {"CACHE_TYPE": ("SimpleCache", "NullCache")}),
    (
        {},
        {"CACHE_TYPE": "RedisCache", "CACHE_REDIS_URL": "redis://:hunter22@h"},
        {"CACHE_TYPE": ("SimpleCache", "RedisCache")},
    ),
    ({}, {"CACHE_TYPE": f"{__name__}.OwnCache"}, {"CACHE_TYPE": ("SimpleCache", f"{__name__}.OwnCache")}),
    ({}, {"CACHE_DEFAULT_TIMEOUT": 5}, {"CACHE_DEFAULT_TIMEOUT": ("300", "5")}),
    ({}, {"CACHE_THRESHOLD": 5}, {"CACHE_THRESHOLD": ("500", "5")}),
    (
        {"CACHE_TYPE": "RedisCache", "CACHE_REDIS_URL": "redis://:hunter22@one.example/1"},
        {"CACHE_REDIS_URL": "redis://:hunter22@two.example/1", "CACHE_KEY_PREFIX": "late:"},
        {
            "CACHE_REDIS_URL": ("one.example:6379/1", "two.example:6379/1"),
            "CACHE_KEY_PREFIX": ("flask_cache_", "late:"),
        },
    ),
    (
        {"CACHE_TYPE": "RedisCache", "CACHE_REDIS_HOST": "one.example"},
        {"CACHE_REDIS_HOST": "two.example"},
        {"CACHE_REDIS_HOST": ("one.example:6379/0", "two.example:6379/0")},
    ),
    ({}, {"RATELIMIT_ENABLED": False}, {"RATELIMIT_ENABLED": ("True", "False")}),
    ({"RATELIMIT_ENABLED": False}, {"RATELIMIT_DEFAULT": "5/minute"}, {}),
    ({}, {"RATELIMIT_DEFAULT": "5/minute"}, {"RATELIMIT_DEFAULT": ("no limits", "5/minute")}),
    (
        {"RATELIMIT_DEFAULT": "5/minute"},
        {"RATELIMIT_DEFAULT": _per_minute},
        {
            "RATELIMIT_DEFAULT": ("5 per 1 minute", f"{__name__}._per_minute()"),
        },
    ),
    ({}, {"RATELIMIT_SWALLOW_ERRORS": True}, {"RATELIMIT_SWALLOW_ERRORS": ("False", "True")}),
    (
        {},
        {"RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": True},
        {"RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": ("False", "True")},
    ),
    ({}, {"RATELIMIT_KEY_PREFIX": "late:"}, {"RATELIMIT_KEY_PREFIX": ("", "late:")}),
    (
        {},
        {"RATELIMIT_STORAGE_URI": "redis://:hunter22@h/1"},
        {"RATELIMIT_STORAGE_URI": ("memory://", "redis://:***@h/1")},
    ),
    (
        {"RATELIMIT_STORAGE_URI": "redis://:hunter22@one.example/1"},
        {"RATELIMIT_STORAGE_URI": "redis://:hunter22@two.example/1"},
        {"RATELIMIT_STORAGE_URI": ("redis://one.example:6379/1", "redis://:***@two.example/1")},
    ),
    (
        {"RATELIMIT_STORAGE_URI": "redis://:hunter22@one.example/1"},
        {"RATELIMIT_STORAGE_URI": "redis://:hunter23@one.example/1"},
        {},
    ),
]


@pytest.mark.parametrize(("config", "later", "expected"), CHANGED)
def test_what_was_changed_is_told(
    config: dict[str, Any], later: dict[str, Any], expected: dict[str, tuple[str, str]]
) -> None:
    """A key that was changed after it had been read is told with both values, and no password."""
    app = made(**config)
    kept = [Cache(app), Limiter(get_remote_address, app=app), Mail(app)]
    app.config.update(later)
    assert drifts(app) == expected
    assert len(kept) == 3


def test_a_client_in_place_of_a_host() -> None:
    """A Redis client that was given as host is not compared with a name."""
    app = made(CACHE_TYPE="RedisCache", CACHE_REDIS_HOST=redis.Redis("cache.example"))
    cache = Cache(app)
    assert drifts(app) == {}
    assert cache is not None


def test_the_constructor_wins() -> None:
    """Where the constructor of a limiter or cache says otherwise than the config, both are told."""
    app = made(RATELIMIT_STORAGE_URI="redis://:hunter22@h", RATELIMIT_DEFAULT="5/minute", CACHE_TYPE="RedisCache")
    app.config["RATELIMIT_STRATEGY"] = "fixed-window"
    limiter = Limiter(
        get_remote_address,
        app=app,
        storage_uri="memory://",
        default_limits=["7/minute", _per_minute],
        strategy="moving-window",
    )
    cache = Cache(app, config={"CACHE_TYPE": "SimpleCache"})
    assert drifts(app) == {
        "RATELIMIT_STORAGE_URI": ("memory://", "redis://:***@h"),
        "RATELIMIT_DEFAULT": (f"7 per 1 minute; what {__name__}._per_minute() returns", "5/minute"),
        "RATELIMIT_STRATEGY": ("moving-window", "fixed-window"),
        "CACHE_TYPE": ("SimpleCache", "RedisCache"),
    }
    assert (limiter, cache) is not None


# --- CORS ---


def test_cors_keys_that_were_set_too_late() -> None:
    """Keys that were set after `CORS(app)` are told, since its hook holds the defaults."""
    app = made()
    CORS(app)
    app.config.update(CORS_ORIGINS="https://a.example", CORS_RESOURCES=r"/api/*", CORS_MAX_AGE=60, CORS_METHODS=None)
    assert drifts(app) == {
        "CORS_ORIGINS": ("*", "https://a.example"),
        "CORS_RESOURCES": ("/*", "/api/*"),
        "CORS_MAX_AGE": ("None", "60"),
    }


@pytest.mark.parametrize(
    "options",
    [
        {"origins": ["https://a.example", "https://b.example"]},
        {"resources": {r"/api/*": {"origins": ["https://a.example", "https://b.example"]}}},
    ],
)
def test_arguments_go_before_the_config(options: dict[str, Any]) -> None:
    """What an argument was made of the config is no drift, though it is not the same."""
    app = made(CORS_ORIGINS="https://a.example,https://b.example")
    CORS(app, **options)
    assert drifts(app) == {}


def test_blueprints_have_no_config() -> None:
    """A policy of a blueprint does not read the config, so it does not drift."""
    app, part = made(CORS_ORIGINS="https://a.example"), Blueprint("part", __name__)
    CORS(part)
    app.register_blueprint(part)
    assert drifts(app) == {}
    assert [one.twice for one in of(app, "cors", bound="this")] == [0]


BOUND = """
from flask import Flask
from flask_cors import CORS as Policy

class {name}(Policy): pass

cors = {name}({made})
app = Flask("shop")
app.config["CORS_ORIGINS"] = "https://a.example"
app.add_url_rule("/", "index", lambda: "")
cors.init_app(app{bound})
app.config["CORS_ORIGINS"] = "https://b.example"
"""


@pytest.mark.parametrize(
    ("made_with", "bound_with", "told"),
    [
        ("", "", True),
        ("max_age=3", "", True),
        ("", ", max_age=3", True),
        ("origins='https://c.example'", "", False),
        ("", ", origins='https://c.example'", False),
        ("", ", **{'origins': 'https://c.example'}", False),
        ("", ", resources={'/*': {'origins': 'https://c.example'}}", False),
        ("resources={'/*': {'origins': 'https://c.example'}}", "", False),
    ],
)
def test_a_change_from_one_value_to_another(made_with: str, bound_with: str, told: bool) -> None:
    """A value that replaced another is told where the code gives none for that option."""
    found = booted(BOUND.format(name="Policy", made=made_with, bound=bound_with))
    serving = [one for one in found.instances if one.bound in {"this", "both", "unknown"}]
    expected = {"CORS_ORIGINS": ("['https://a.example']", "https://b.example")} if told else {}
    assert {each.key: (each.used, each.configured) for one in serving for each in one.drift} == expected


def test_options_of_resources_count_as_given() -> None:
    """What a resource says for itself is no drift from the config."""
    app = made()
    kept = CORS(resources={"/*": {"origins": "https://a.example"}})
    kept.init_app(app)
    app.config["CORS_ORIGINS"] = "https://b.example"
    assert not any(one.drift for one in of(app, "cors", bound="this"))


def test_options_that_are_handed_on_are_not_known(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where code hands options on that nobody can read off it, what is in use may be just what was given."""
    text = BOUND.format(name="Policy", made="", bound=", **{'origins': 'https://c.example'}")
    text = text.replace("cors", "handed_on").replace("flask_handed_on", "flask_cors")
    app = imported(monkeypatch, tmp_path, {"handing.py": text})["handing"].app
    assert [one.drift for one in of(app, "cors") if one.name == "handing:handed_on"] == [()]


def test_a_policy_that_nobody_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The hook of `CORS(app)` is told without a name, with the place of the only call there is."""
    monkeypatch.setattr("keck.live.homes.is_library", lambda path: not path.startswith(str(tmp_path)))
    text = """
        from flask import Flask
        from flask_cors import CORS

        def create_app():
            app = Flask("shop")
            app.config["CORS_ORIGINS"] = "https://a.example"
            CORS(app)
            app.config["CORS_ORIGINS"] = "https://b.example"
            return app
        """
    app = imported(monkeypatch, tmp_path, {"lost.py": text})["lost"].create_app()
    (one,) = of(app, "cors", bound="this")
    assert (one.name, one.spot.line, one.inert) == ("", 7, "")
    assert [(each.used, each.configured) for each in one.drift] == [("['https://a.example']", "https://b.example")]


def test_cors_that_matches_no_route() -> None:
    """A policy whose resources match no rule is inert; one that matches a rule with a converter is not."""
    app = made()
    CORS(app, resources=[r"/api/*"])
    assert [one.inert for one in of(app, "cors", bound="this")] == ["it matches no route"]
    other = made()
    CORS(other, resources=[r"/things/\d+"])
    assert [one.inert for one in of(other, "cors", bound="this")] == [""]


WHOSE = """
from flask import Flask
from flask_cors import CORS

app, other = Flask("this"), Flask("other")
first, last = CORS(max_age=3), CORS(max_age=4)
first.init_app(app)
"""


@pytest.mark.parametrize(
    ("more", "bound", "others"),
    [
        ("", "never", ()),
        ('last.init_app(other, origins="https://a.example")', "other", ("other",)),
        ('last.init_app(app, origins="https://b.example")', "unknown", ()),
    ],
)
def test_which_cors_is_bound(more: str, bound: str, others: tuple[str, ...]) -> None:
    """Of two instances the one whose arguments gave the hook is bound; a hook that none of them gave may be any's."""
    found = {one.name: one for one in booted(WHOSE + more).of("cors")}
    assert found["app:first"].bound == "this"
    assert (found["app:last"].bound, found["app:last"].others) == (bound, others)


def test_options_that_cannot_be_read() -> None:
    """An instance whose options are none gives no error, and its hook is told as one of nobody."""
    app = made(CORS_MAX_AGE=3)
    cors = CORS(app, max_age=3)
    vars(cors)["_options"] = {"resources": 5}
    assert "unknown" in {one.bound for one in of(app, "cors")}
