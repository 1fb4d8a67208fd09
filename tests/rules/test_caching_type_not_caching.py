from __future__ import annotations

import pytest

from tests.support import findings, lines

RULE = "caching/type-not-caching"
USED = "@app.route('/')\n@cache.cached()\ndef index(): return 'x'\n"
HEAD = "import os\nfrom flask import Flask\nfrom flask_caching import Cache\napp = Flask(__name__)\n"


def app(value: str) -> str:
    """Return an app whose CACHE_TYPE stands on line 5."""
    return f"{HEAD}app.config['CACHE_TYPE'] = {value}\ncache = Cache(app)\n{USED}"


@pytest.mark.parametrize(
    "value",
    [
        "'simple'",
        "'redis'",
        "'filesystem'",
        "'null'",
        "'memcached'",
        "'uwsgi'",
        "'UWSGICache'",
        "'flask_caching.backends.simple'",
        "'Simple'",
        "'rediscache'",
        "''",
        "None",
        "os.environ.get('CACHE', 'simple')",
        "os.environ.get('CACHE') or 'simple'",
        "'SimpleCache' if app.debug else 'redis'",
    ],
)
def test_a_name_that_does_not_exist_is_an_error(value: str) -> None:
    """An old, misspelt or empty name stops the app, also as the fallback of an environment variable."""
    assert lines(RULE, app(value)) == ["app.py:5 error"]


@pytest.mark.parametrize(
    "value",
    [
        "'SimpleCache'",
        "'NullCache'",
        "'RedisCache'",
        "'RedisSentinelCache'",
        "'FileSystemCache'",
        "'MemcachedCache'",
        "'SpreadSASLMemcachedCache'",
        "'flask_caching.backends.RedisCache'",
        "'flask_caching.backends.rediscache.RedisCache'",
        "'flask_caching.backends.whatever'",
        "'shop.cache.ShopCache'",
        "os.environ['CACHE']",
        "os.environ.get('CACHE')",
        "os.environ.get('CACHE', 'SimpleCache')",
        "settings_of()",
        "7",
    ],
)
def test_a_name_that_exists_or_is_hidden_is_no_fault(value: str) -> None:
    """The classes' names, dotted paths and what cannot be known stay silent."""
    assert lines(RULE, app(value)) == []


@pytest.mark.parametrize(
    ("pin", "level"),
    [
        ("flask-caching==1.10.1", []),
        ("Flask-Caching==2.4.0", []),
        ("flask_caching~=2.0.2", []),
        ("flask-caching<2.5", []),
        ("flask-caching==2.5.0", ["app.py:5 error"]),
        ("flask-caching>=2.5", ["app.py:5 error"]),
        ("flask-caching", ["app.py:5 error"]),
        ("flask", ["app.py:5 error"]),
    ],
)
def test_the_pinned_version_decides(pin: str, level: list[str]) -> None:
    """The lower-case names work before 2.5; without a pin the newest version is what gets installed."""
    assert lines(RULE, {"app.py": app("'simple'"), "requirements.txt": pin}) == level


def test_a_lock_file_decides() -> None:
    """A lock file speaks for the version as a pin does."""
    lock = '[[package]]\nname = "flask-caching"\nversion = "2.3.1"\n'
    assert lines(RULE, {"app.py": app("'redis'"), "poetry.lock": lock}) == []


def test_a_misspelt_name_crashes_under_every_version() -> None:
    """A name that no version knows is told under an old pin, too."""
    assert lines(RULE, {"app.py": app("'Redis'"), "requirements.txt": "flask-caching==1.10.1"}) == ["app.py:5 error"]


@pytest.mark.parametrize(
    "bind",
    [
        "cache = Cache(app, config={'CACHE_TYPE': 'simple'})",
        "cache = Cache(config={'CACHE_TYPE': 'simple'}); cache.init_app(app)",
        "cache = Cache(); cache.init_app(app, config={'CACHE_TYPE': 'simple'})",
        "cache = Cache(); cache.init_app(app, {'CACHE_TYPE': 'simple'})",
        "OPTIONS = {'CACHE_TYPE': 'simple'}; cache = Cache(app, config=OPTIONS)",
        "app.config.update(CACHE_TYPE='simple'); cache = Cache(app)",
        "app.config.from_mapping({'CACHE_TYPE': 'simple'}); cache = Cache(app)",
        "app.config['CACHE_TYPE'] = 'simple'; cache = Cache(app); two = Cache(app)",
    ],
)
def test_every_place_of_the_type_is_seen(bind: str) -> None:
    """The type is read from the config of the app and of the cache, and told once."""
    assert lines(RULE, HEAD + bind + "\n" + USED) == ["app.py:5 error"]


def test_both_branches_of_a_binding_are_judged() -> None:
    """A cache that is bound with one of two configs is told for each that crashes."""
    code = HEAD + (
        "cache = Cache()\nif app.debug:\n    cache.init_app(app, config={'CACHE_TYPE': 'null'})\n"
        "else:\n    cache.init_app(app, config={'CACHE_TYPE': 'redis'})\n"
    )
    assert lines(RULE, code) == ["app.py:7 error", "app.py:9 error"]


def test_config_classes_are_judged_but_those_for_tests_are_not() -> None:
    """Each class with a type that crashes is told; a class for tests and a test's own app are left alone."""
    files = {
        "config.py": (
            "class Config:\n    CACHE_TYPE = 'simple'\nclass ProductionConfig(Config):\n    CACHE_TYPE = 'redis'\n"
            "class TestConfig(Config):\n    CACHE_TYPE = 'null'\n"
        ),
        "app.py": "from flask import Flask\nfrom flask_caching import Cache\nfrom config import Config\ncache = Cache()\n"
        "def create_app(config=Config):\n    app = Flask(__name__)\n    app.config.from_object(config)\n"
        "    cache.init_app(app)\n    return app\n",
        "tests/test_app.py": app("'simple'"),
    }
    assert lines(RULE, files) == ["config.py:2 error", "config.py:4 error"]


def test_the_caches_own_type_beats_the_apps() -> None:
    """Where the cache is given a type, or a config that cannot be seen, the app's does not count."""
    code = HEAD + "app.config['CACHE_TYPE'] = 'simple'\n"
    assert lines(RULE, code + "cache = Cache(app, config={'CACHE_TYPE': 'SimpleCache'})\n") == []
    assert lines(RULE, code + "import x\ncache = Cache(app, config=x.CONFIG)\n") == []
    assert lines(RULE, code + "import x\ncache = Cache(app, config={**x.CONFIG})\n") == []


@pytest.mark.parametrize(
    "code",
    [
        "cache = Cache(app)\n" + USED,
        "cache = Cache(); cache.init_app(app)\n" + USED,
        "cache = Cache(app)\n@app.route('/')\ndef index():\n    return cache.get('x')\n",
    ],
)
def test_no_type_at_all_is_a_warning(code: str) -> None:
    """A cache that is used without a type stores nothing."""
    assert lines(RULE, HEAD + code) == ["app.py:5 warning"]


@pytest.mark.parametrize(
    "code",
    [
        "cache = Cache(app)\n",
        "cache = Cache()\n" + USED,
        "app.config.from_envvar('SETTINGS')\ncache = Cache(app)\n" + USED,
        "app.config.from_prefixed_env()\ncache = Cache(app)\n" + USED,
        "app.config.from_object('settings_elsewhere')\ncache = Cache(app)\n" + USED,
        "import x\ncache = Cache(app, config=x.CONFIG)\n" + USED,
        "import x\ncache = Cache(app, **x.CONFIG)\n" + USED,
        "import x\nx.set(app, 'CACHE_TYPE')\ncache = Cache(app)\n" + USED,
    ],
)
def test_a_type_that_may_come_from_elsewhere_is_no_fault(code: str) -> None:
    """An unused or unbound cache, and settings that cannot be seen, stay silent."""
    assert lines(RULE, HEAD + code) == []


def test_a_library_without_an_app_is_left_alone() -> None:
    """Whoever has no app of their own has no config either."""
    code = "from flask_caching import Cache\ncache = Cache()\ndef init(app):\n    cache.init_app(app)\n@cache.memoize()\ndef f(): ...\n"
    assert lines(RULE, {"lib.py": code}) == []


def test_flask_cache_and_subclasses_have_names_of_their_own() -> None:
    """Flask-Cache knows the lower-case names, and a subclass may know others."""
    assert lines(RULE, app("'simple'").replace("flask_caching", "flask_cache")) == []
    subclass = app("'mine'").replace("cache = Cache(app)", "class Own(Cache): pass\ncache = Own(app)")
    assert lines(RULE, subclass) == []
    assert lines(RULE, subclass.replace("'mine'", "'simple'")) == ["app.py:5 error"]


def test_the_help_names_the_class() -> None:
    """The help says which name to write, where there is one."""
    (redis,) = findings(RULE, app("'redis'"))
    (uwsgi,) = findings(RULE, app("'uwsgi'"))
    assert 'write "RedisCache"' in redis.help
    assert "another backend" in uwsgi.help
