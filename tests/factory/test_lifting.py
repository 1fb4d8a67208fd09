"""Config values that a definition needs while it is read."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from tests.factory.shapes import converted, refused, same, texts

HEAD = """
from flask import Flask

app = Flask(__name__)
"""
CLASS = """
class Item:
    size = app.config["SIZE"]

@app.route("/")
def home():
    return str(Item.size)
"""


def whole(body: str) -> str:
    """Return an app."""
    return HEAD + textwrap.dedent(body)


@pytest.mark.parametrize(
    ("body", "there"),
    [
        ('app.config["SIZE"] = 3\n', ["SIZE = 3\n", '    app.config["SIZE"] = SIZE\n', "    size = SIZE\n"]),
        (
            'SIZE = 1\napp.config["SIZE"] = 3\n',
            ["SIZE_VALUE = 3\n", '    app.config["SIZE"] = SIZE_VALUE\n', "    size = SIZE_VALUE\n"],
        ),
        (
            "class Config:\n    SIZE = 3\n\napp.config.from_object(Config)\n",
            ["    size = Config.SIZE\n"],
        ),
        (
            "class Base:\n    SIZE = 3\n\nclass Config(Base):\n    OTHER = 3\n\napp.config.from_object(Config)\n",
            ["    size = Config.SIZE\n"],
        ),
    ],
)
def test_a_value_that_is_known_is_taken_from_where_it_is(tmp_path: Path, body: str, there: list[str]) -> None:
    """A value that the module sets becomes a constant; one that a class has is taken from the class."""
    found = same(tmp_path, whole(body) + CLASS)["app.py"]
    for one in there:
        assert one in found, found


def test_two_that_need_a_value_have_one_constant(tmp_path: Path) -> None:
    """A constant is made once for all that need the value."""
    found = same(
        tmp_path,
        whole('app.config["SIZE"] = 3\n')
        + CLASS
        + CLASS.replace("Item", "Other").replace('"/"', '"/o"').replace("home", "other"),
    )
    assert found["app.py"].count("SIZE = 3\n") == 1


def test_a_module_of_settings_gives_the_value(tmp_path: Path) -> None:
    """A value is taken from the module that is read as the config, too."""
    files = {
        "app.py": whole("import settings\n\napp.config.from_object(settings)\n") + CLASS,
        "settings.py": "SIZE = 3\n",
    }
    assert "    size = settings.SIZE\n" in same(tmp_path, files)["app.py"]


@pytest.mark.parametrize(
    "body",
    [
        "",
        'app.config.from_pyfile("settings.cfg", silent=True)\n',
        'app.config.from_object("settings")\n',
        "app.config.from_object(make())\n",
        "class Config:\n    OTHER = 3\n\napp.config.from_object(Config)\n",
        "class A:\n    SIZE = 3\n\nclass B:\n    SIZE = 4\n\napp.config.from_object(A)\napp.config.from_object(B)\n",
        'class A:\n    SIZE = 3\n\napp.config.from_object(A)\napp.config.from_envvar("X", silent=True)\n',
        'other = {}\nother["SIZE"] = 3\n',
        "import os\n\napp.config.from_object(os)\n",
        "app.config.update(SIZE=3)\n",
        'app.config.update({"SIZE": 3})\n',
        'app.config.update({b"SIZE": 3, 1: 2})\n',
        'app.config["SIZE"] = app.name\n',
        'app.config["SIZE"] = OTHER = 3\n',
        'app.config["SIZE"] = 3\napp.config["SIZE"] += 3\n',
        'if __debug__:\n    app.config["SIZE"] = 3\n',
        "app.config[NAME] = 3\n",
    ],
)
def test_a_value_that_is_not_known_is_no_constant(body: str) -> None:
    """What comes from a file, from two places, from the app itself or from one branch cannot be known earlier."""
    assert refused(whole(body) + CLASS).endswith(": `Item` needs `app.config` while the module is imported")


@pytest.mark.parametrize(
    "read",
    [
        "app.config[NAME]",
        "app.config.get('SIZE')",
        "app.config",
        "app.name",
        "app.config[b'SIZE']",
        "app.config[1:2]",
        "app.config['A', 'B']",
    ],
)
def test_what_reads_no_single_key_is_refused(read: str) -> None:
    """Only a key that is written out can be found elsewhere."""
    body = whole('app.config["SIZE"] = 3\n') + f"\nclass Item:\n    size = {read}\n"
    assert "`Item` needs `app." in refused(body)


COLUMNS = """
    from flask import Flask
    from flask_limiter import Limiter
    from flask_sqlalchemy import SQLAlchemy

    app = Flask(__name__)
    app.config.from_prefixed_env()
    app.config.setdefault("SQLALCHEMY_DATABASE_URI", "sqlite://")
    app.config.update(SIZE=3, RATE="9/minute")
    db = SQLAlchemy(app)
    limiter = Limiter(lambda: "me", app=app, storage_uri="memory://")


    class Item(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        size = {column}


    @app.route("/")
    @limiter.limit({limit})
    def home():
        return "home"
"""


@pytest.mark.parametrize(
    ("column", "limit", "intends"),
    [
        ('db.Column(db.Integer, default=app.config["SIZE"])', '"9/minute"', ("tables/*/*/size",)),
        ('db.Column(db.Integer, onupdate=app.config["SIZE"])  # :', '"9/minute"', ("tables/*/*/size",)),
        ("db.Column(db.Integer)", 'app.config["RATE"]', ()),
        ("db.Column(db.Integer)", 'limit_value=app.config["RATE"]', ()),
    ],
)
def test_what_takes_a_function_is_given_one(column: str, limit: str, intends: tuple[str, ...]) -> None:
    """A default of a column and a limit take a function, which asks the current app."""
    (own,) = texts(COLUMNS.replace("{column}", column).replace("{limit}", limit)).values()
    found = converted(own)
    assert found.intends == intends
    key = "SIZE" if "SIZE" in column else "RATE"
    assert found.says == (f'`app.config["{key}"]` is asked for when it is needed, not when `app.py` is imported',)
    assert "lambda: current_app.config[" in (found.files["app.py"] or "")


@pytest.mark.parametrize(
    ("column", "limit", "what"),
    [
        ('db.Column(db.String(app.config["SIZE"]))', '"9/minute"', "Item"),
        ('db.Column(db.Integer, server_default=app.config["SIZE"])', '"9/minute"', "Item"),
        ('f(app.config["SIZE"] + 1)', '"9/minute"', "Item"),
        ('[app.config["SIZE"]]', '"9/minute"', "Item"),
        ("1", '"9/minute", error_message=app.config["RATE"]', "home"),
        ("1", '"9/minute", app.config["RATE"]', "home"),
        ('f(app.config["SIZE"].strip())', '"9/minute"', "Item"),
        ("1", 'app.config["RATE"] + ";1/second"', "home"),
    ],
)
def test_what_takes_no_function_is_refused(column: str, limit: str, what: str) -> None:
    """The size of a column, a message and an expression need the value at once."""
    (own,) = texts(COLUMNS.replace("{column}", column).replace("{limit}", limit)).values()
    assert f"`{what}` needs `app.config` while the module is imported" in refused(own)


def test_a_class_that_reads_a_value_twice_has_one_constant(tmp_path: Path) -> None:
    """The constant is there once, however often a definition reads the value."""
    body = whole('app.config["SIZE"] = 3\n') + CLASS.replace("    size", '    other = app.config["SIZE"]\n    size')
    assert same(tmp_path, body)["app.py"].count("SIZE = 3\n") == 1


def test_two_values_have_two_constants(tmp_path: Path) -> None:
    """Each value that is needed has a constant of its own."""
    body = whole('app.config["SIZE"] = 3\napp.config["the-name"] = "x"\n')
    body += CLASS.replace("    size", '    name = app.config["the-name"]\n    more = app.config["SIZE"]\n    size')
    found = same(tmp_path, body)["app.py"]
    assert "SIZE = 3\n" in found
    assert 'VALUE = "x"\n' in found


def test_an_annotated_column_is_told() -> None:
    """The default of an annotated column is a function as well, and the proof is told of it."""
    (own,) = texts(COLUMNS.replace("size = {column}", "size: int = {column}").replace("{limit}", '"9/minute"')).values()
    assert converted(own.replace("{column}", 'db.mapped_column(default=app.config["SIZE"])')).intends == (
        "tables/*/*/size",
    )


def test_a_value_in_another_module_is_not_made_a_constant() -> None:
    """What another module reads while it is imported cannot be taken from the home's statements."""
    files = {
        "app.py": whole('app.config["SIZE"] = 3\n\nimport models\n'),
        "models.py": 'from app import app\n\n\nclass Item:\n    size = app.config["SIZE"]\n',
    }
    assert refused(files) == "models.py:5: `Item` needs `app.config` while the module is imported"


def test_one_value_of_two_does_not_help() -> None:
    """A value that can be had does not hide one that cannot."""
    body = whole('app.config["SIZE"] = 3\n') + CLASS + "\n\nclass Other:\n    name = app.name\n"
    assert "`Other` needs `app.name`" in refused(body)
