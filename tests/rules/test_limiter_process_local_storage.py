"""limiter/process-local-storage: limits that each process counts for itself."""

from __future__ import annotations

import pytest

from tests.support import findings, lines

RULE = "limiter/process-local-storage"
HEAD = "import os\nfrom flask import Flask\nfrom flask_limiter import Limiter\nfrom flask_limiter.util import get_remote_address\n"


def app(made: str, settings: str = "", rest: str = "", **files: str) -> dict[str, str]:
    """Return a project whose limiter is made so, with a class of settings and further files."""
    config = f"class Config:\n    {settings}\n" if settings else ""
    load = "    app.config.from_object(Config)\n" if settings else ""
    factory = f"def create_app():\n    app = Flask(__name__)\n{load}{rest}    limiter.init_app(app)\n    return app\n"
    return {"app.py": f"{HEAD}limiter = {made}\n{config}{factory}", **files}


BARE = "Limiter(get_remote_address)"


@pytest.mark.parametrize(
    ("made", "settings", "line"),
    [
        (BARE, "", 5),
        ("Limiter(key_func=get_remote_address, storage_uri='memory://')", "", 5),
        ("Limiter(key_func=get_remote_address, storage_uri=None)", "", 5),
        ("Limiter(key_func=get_remote_address, storage_uri='')", "", 5),
        (BARE, "RATELIMIT_STORAGE_URI = 'memory://'", 7),
        (BARE, "RATELIMIT_DEFAULT = '1/day'", 5),
        ("Limiter(get_remote_address, enabled=True)", "", 5),
        ("Limiter(get_remote_address, enabled=False)", "RATELIMIT_ENABLED = True", 5),
    ],
)
def test_memory_is_found(made: str, settings: str, line: int) -> None:
    """No storage, an empty one, or memory:// is a note where the number of processes is not known."""
    assert lines(RULE, app(made, settings)) == [f"app.py:{line} note"]


@pytest.mark.parametrize(
    ("made", "settings"),
    [
        ("Limiter(get_remote_address, storage_uri='redis://redis:6379')", ""),
        ("Limiter(get_remote_address, storage_uri=os.environ['REDIS_URL'])", ""),
        ("Limiter(get_remote_address, storage_uri=os.environ.get('REDIS_URL', 'memory://'))", ""),
        ("Limiter(get_remote_address, storage_uri='memory://' if DEBUG else 'redis://redis')", ""),
        ("Limiter(get_remote_address, **OPTIONS)", ""),
        (BARE, "RATELIMIT_STORAGE_URI = 'redis://redis'"),
        (BARE, "RATELIMIT_STORAGE_URI = os.environ.get('REDIS_URL')"),
        (BARE, "RATELIMIT_STORAGE_URL = 'redis://redis'"),
        (BARE, "RATELIMIT_STORAGE_URI = make()"),
        ("Limiter(get_remote_address, enabled=False, storage_uri='redis://redis')", ""),
    ],
)
def test_shared_and_unknown_storages_are_left_alone(made: str, settings: str) -> None:
    """A shared storage and one that cannot be known are not told, whether the limiter is on or off."""
    assert lines(RULE, app(made, settings)) == []


@pytest.mark.parametrize(
    ("made", "settings", "line"),
    [
        ("Limiter(get_remote_address, enabled=False)", "", 5),
        ("Limiter(get_remote_address, enabled=False, storage_uri='memory://')", "", 5),
        ("Limiter(get_remote_address, enabled=0)", "", 5),
        ("Limiter(get_remote_address, enabled=False)", "RATELIMIT_ENABLED = False", 5),
        ("Limiter(get_remote_address, enabled=False)", "RATELIMIT_STORAGE_URI = 'memory://'", 7),
    ],
)
def test_a_limiter_that_is_switched_off_does_nothing(made: str, settings: str, line: int) -> None:
    """Of a limiter that is off everywhere the note says so, whatever the number of processes."""
    (found,) = findings(RULE, app(made, settings, Procfile="web: gunicorn -w 4 app:app\n"))
    assert (found.place.line, found.level.name) == (line, "note")
    assert found.message.startswith("`limiter` is switched off by `enabled=False`, so its limits do nothing")
    assert "RATELIMIT_ENABLED = True" in found.help
    assert [one.place.line for one in found.related] == ([] if line == 5 else [5])


@pytest.mark.parametrize(
    ("made", "settings", "rest"),
    [
        (BARE, "", "    limiter.enabled = False\n"),
        ("Limiter(get_remote_address, enabled=True)", "", ""),
        ("Limiter(get_remote_address, enabled=os.environ.get('LIMITS'))", "", ""),
        ("Limiter(get_remote_address, enabled=False)", "RATELIMIT_ENABLED = True", ""),
        ("Limiter(get_remote_address, enabled=False)", "RATELIMIT_ENABLED = os.environ.get('LIMITS')", ""),
    ],
)
def test_a_limiter_that_may_be_on_is_judged_by_its_storage(made: str, settings: str, rest: str) -> None:
    """Where a limiter is or may be on, the finding speaks of its storage only."""
    (found,) = findings(RULE, app(made, settings, rest))
    assert "switched off" not in found.message


@pytest.mark.parametrize(
    "rest",
    [
        "    limiter.enabled = True\n",
        "    app.config.from_envvar('SETTINGS')\n",
        "    app.config['RATELIMIT_ENABLED']\n",
    ],
)
def test_a_limiter_that_may_be_switched_on_is_left_alone(rest: str) -> None:
    """A limiter that is made off and that something not visible may switch on is not told."""
    assert lines(RULE, app("Limiter(get_remote_address, enabled=False)", "", rest)) == []


def test_a_switch_of_tests_and_one_without_an_app_do_not_count() -> None:
    """Limits that only a test config switches on do nothing in production; a limiter without an app is not judged."""
    off = "Limiter(get_remote_address, enabled=False)"
    more = "class TestingConfig:\n    RATELIMIT_ENABLED = True\n"
    (found,) = findings(RULE, app(off)["app.py"] + more)
    assert "switched off" in found.message
    assert lines(RULE, HEAD + f"limiter = {off}\n") == []


def test_several_processes_make_it_a_warning() -> None:
    """With evidence of several processes it is a warning that says where they are started."""
    (found,) = findings(RULE, app(BARE, Procfile="web: gunicorn -w 4 app:app\n"))
    assert found.level.name == "warning"
    assert "each of 4 processes" in found.message
    assert [one.place.path for one in found.related] == ["Procfile"]
    (found,) = findings(RULE, app(BARE, Procfile="web: gunicorn -w $(nproc) app:app\n"))
    assert "each of several processes" in found.message


def test_one_process_keeps_it_a_note() -> None:
    """A deployment of one process is a note: the next one may have two."""
    assert lines(RULE, app(BARE, Procfile="web: gunicorn -w 1 app:app\n")) == ["app.py:5 note"]


@pytest.mark.parametrize(
    ("pin", "key", "expected"),
    [
        ("3.6.0", "RATELIMIT_STORAGE_URL", ["app.py:7 note"]),
        ("2.4.0", "RATELIMIT_STORAGE_URL", []),
        ("2.4.0", "RATELIMIT_STORAGE_URI", []),
        ("1.4", "RATELIMIT_STORAGE_URI", ["app.py:7 note"]),
        ("1.4", "RATELIMIT_STORAGE_URL", []),
    ],
)
def test_a_key_counts_only_in_the_versions_that_read_it(pin: str, key: str, expected: list[str]) -> None:
    """The key's name changed between 2.0.4 and 3.0: one that the pinned version does not read is no storage."""
    files = app(BARE, f"{key} = 'redis://redis'") | {"requirements.txt": f"Flask-Limiter=={pin}\n"}
    assert lines(RULE, files) == expected


def test_the_key_that_the_pinned_version_reads_is_named() -> None:
    """Under an old Flask-Limiter the message and the help name its key."""
    (found,) = findings(RULE, app(BARE) | {"requirements.txt": "Flask-Limiter==1.4\n"})
    assert "`RATELIMIT_STORAGE_URL` is not set" in found.message
    assert found.help.endswith("`RATELIMIT_STORAGE_URL`")


def test_hidden_settings_silence_it() -> None:
    """Settings that are loaded from somewhere else may hold the storage."""
    assert lines(RULE, app(BARE, rest="    app.config.from_envvar('SETTINGS')\n")) == []


def test_development_and_test_storages_do_not_count() -> None:
    """Memory in a development or test config says nothing of production, and Redis there does not help it."""
    base = app(BARE, "RATELIMIT_STORAGE_URI = 'redis://redis'")["app.py"]
    more = "class DevelopmentConfig(Config):\n    RATELIMIT_STORAGE_URI = 'memory://'\n"
    assert lines(RULE, base + more + more.replace("Development", "Testing")) == []
    dev = app(BARE)["app.py"] + "class DevelopmentConfig:\n    RATELIMIT_STORAGE_URI = 'redis://redis'\n"
    assert lines(RULE, dev) == ["app.py:5 note"]


def test_unbound_and_foreign_limiters_are_left_alone() -> None:
    """A limiter that is never bound, one of another library and a test's own are not judged."""
    assert lines(RULE, HEAD + "limiter = Limiter(get_remote_address)\n") == []
    assert lines(RULE, app(BARE)["app.py"].replace("from flask_limiter import", "from slowapi import")) == []
    assert lines(RULE, {"tests/conftest.py": app(BARE)["app.py"]}) == []


def test_subclasses() -> None:
    """A subclass is a limiter; one with an __init__ of its own may give the storage there."""
    code = app("Strict(get_remote_address)")["app.py"]
    plain = "class Strict(Limiter):\n    pass\n"
    own = "class Strict(Limiter):\n    def __init__(self, key):\n        super().__init__(key, storage_uri=URI)\n"
    assert lines(RULE, code.replace("limiter = ", plain + "limiter = ")) == ["app.py:7 note"]
    assert lines(RULE, code.replace("limiter = ", own + "limiter = ")) == []
