from __future__ import annotations

import pytest

from tests.support import findings, lines

RULE = "caching/memoized-never-invalidated"
HEAD = """\
import sqlite3
from flask import Flask
from flask_caching import Cache
from flask_sqlalchemy import SQLAlchemy
app = Flask(__name__)
db = SQLAlchemy(app)
cache = Cache(app)
class Tea(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    @classmethod
    def cheapest(cls): return cls.query.first()
"""
READ = "@cache.memoize()\ndef teas():\n    return {}\n"


@pytest.mark.parametrize(
    "body",
    [
        "db.session.execute(db.select(Tea)).all()",
        "Tea.query.all()",
        "Tea.cheapest()",
        "db.get_or_404(Tea, 1)",
        "load()",
        "sqlite3.connect('x').cursor().execute('select 1')",
        "db.session.query(Tea).count()",
    ],
)
def test_a_memoized_read_of_the_database_is_found(body: str) -> None:
    """What reads the database, itself or in a helper, and is never cleared is told as a note."""
    code = HEAD + "def load():\n    return Tea.query.all()\n" + READ.format(body)
    assert lines(RULE, code) == ["app.py:14 note"]


@pytest.mark.parametrize(
    "memoize",
    ["memoize(60)", "memoize(timeout=60)", "memoize(unless=lambda: True)", "memoize(forced_update=f)", "memoize(*a)",
     "memoize(is_stale=f)", "memoize"],
)  # fmt: skip
def test_a_timeout_or_a_condition_is_no_fault(memoize: str) -> None:
    """Whoever says how old the answer may be, or when to take a new one, has thought of it."""
    assert lines(RULE, HEAD + f"@cache.{memoize}\ndef teas():\n    return Tea.query.all()\n") == []


def test_a_timeout_of_none_is_none() -> None:
    """``timeout=None`` is the default timeout, which is no decision."""
    assert lines(RULE, HEAD + "@cache.memoize(timeout=None)\ndef teas(): return Tea.query.all()\n") == [
        "app.py:12 note"
    ]


@pytest.mark.parametrize(
    "clearing",
    [
        "cache.delete_memoized(teas)",
        "cache.delete_memoized(teas, 1)",
        "cache.delete_memoized(f=teas)",
        "teas.delete_memoized()",
        "for each in (teas, other): cache.delete_memoized(each)",
        "cache.delete_memoized(unknown)",
        "cache.delete_memoized('teas')",
        "cache.delete_memoized()",
        "cache.clear()",
    ],
)
def test_what_something_clears_is_no_fault(clearing: str) -> None:
    """A function that is cleared, in whatever form, or that may be, stays silent."""
    code = HEAD + READ.format("Tea.query.all()") + f"def other(): ...\ndef change(unknown):\n    {clearing}\n"
    assert lines(RULE, code) == []


def test_clearing_in_another_module_by_class_counts() -> None:
    """A method is cleared by its class, imported inside a function of another module."""
    files = {
        "ext.py": "from flask_caching import Cache\nfrom flask_sqlalchemy import SQLAlchemy\ncache = Cache()\ndb = SQLAlchemy()\n",
        "models.py": (
            "from ext import cache, db\nclass User(db.Model):\n    @cache.memoize()\n"
            "    def score(self): return db.session.execute('x')\n"
            "    @cache.memoize()\n    def place(self): return db.session.execute('x')\n"
        ),
        "clear.py": "from ext import cache\ndef clear():\n    from models import User\n    cache.delete_memoized(User.score)\n",
    }
    assert lines(RULE, files) == ["models.py:5 note"]


@pytest.mark.parametrize("body", ["open('x').read()", "1 + 1", "other.query()", "print(cache)"])
def test_what_reads_no_database_is_no_fault(body: str) -> None:
    """A computation, a file or another service is not the database."""
    assert lines(RULE, HEAD + "import other\n" + READ.format(body)) == []


def test_clearing_in_a_test_does_not_count() -> None:
    """A test that clears the cache does not clear it for the app."""
    files = {
        "app.py": HEAD + READ.format("Tea.query.all()"),
        "tests/test_a.py": "from app import cache\ncache.clear()\n",
    }
    assert lines(RULE, files) == ["app.py:12 note"]


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ("", "up to 300 seconds, the default"),
        ("app.config['CACHE_DEFAULT_TIMEOUT'] = 3600\n", "up to 3600 seconds"),
        ("app.config['CACHE_DEFAULT_TIMEOUT'] = 0\n", "for ever"),
        (
            "from datetime import timedelta\napp.config['CACHE_DEFAULT_TIMEOUT'] = timedelta(minutes=2)\n",
            "up to 120 seconds",
        ),
        (
            "import os\napp.config['CACHE_DEFAULT_TIMEOUT'] = os.environ['T']\n",
            "as long as `CACHE_DEFAULT_TIMEOUT` says",
        ),
        ("app.config['CACHE_DEFAULT_TIMEOUT'] = 'x'\n", "as long as `CACHE_DEFAULT_TIMEOUT` says"),
        ("cache.init_app(app, config={'CACHE_DEFAULT_TIMEOUT': 5})\n", "up to 5 seconds"),
        ("import x\ncache.init_app(app, config=x.CONFIG)\n", "as long as `CACHE_DEFAULT_TIMEOUT` says"),
        ("import x\ncache.init_app(app, **x.CONFIG)\n", "as long as `CACHE_DEFAULT_TIMEOUT` says"),
        ("cache.init_app(app, config=None)\n", "up to 300 seconds, the default"),
    ],
)
def test_it_says_for_how_long_it_is_stale(config: str, told: str) -> None:
    """The note names the time after which a write is seen, from the config where that tells."""
    (found,) = findings(RULE, HEAD + config + READ.format("Tea.query.all()"))
    assert told in found.message
