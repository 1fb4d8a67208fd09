from __future__ import annotations

import datetime as dt
import functools
import json
from pathlib import Path
from typing import Any

import pytest

from keck.proof.texts import Texts, called, short

CONFIG = {"SECRET_KEY": "a-very-secret-key", "DATABASE": "postgresql://me:hidden-password@db/x"}


def _texts(key: bytes = b"key", copy: str = "/tmp/copy", config: dict[str, Any] | None = None) -> Texts:  # noqa: S108
    return Texts(key, copy, CONFIG if config is None else config)


class Own:
    """An object that says nothing of itself."""


class Told:
    """An object that says where it is."""

    def __repr__(self) -> str:
        return f"<Told {id(self):#x} in /tmp/copy/app>"


class Broken:
    """An object that cannot be shown."""

    def __repr__(self) -> str:
        raise RuntimeError


class Empty:
    """An object that shows nothing."""

    def __repr__(self) -> str:
        return ""


def _function() -> None:
    """Stand for a function of the project."""


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (3, "3"),
        (1.5, '"1.5"'),
        ("x", '"x"'),
        (["b", "a"], '["b", "a"]'),
        ({"b", "a"}, '["a", "b"]'),
        ({"z": (1, 2), 3: None}, '{"3": null, "z": [1, 2]}'),
        (dt.timedelta(minutes=5), '"0:05:00"'),
        (Path("/tmp/copy/uploads"), '"./uploads"'),  # noqa: S108
        ("sqlite:////tmp/copy/x.db", '"sqlite:///./x.db"'),
        (_function, '"_function()"'),
        (functools.partial(_function), '"_function()"'),
        (Own, '"Own()"'),
        (Own(), '"Own object"'),
        (Told(), '"<Told 0x in ./app>"'),
        (Broken(), '"Broken object"'),
        (Empty(), '"Empty object"'),
    ],
)
def test_values_are_written_alike_in_every_boot(value: object, text: str) -> None:
    """No address, no place of the copy and no order of a set is in the text; functions are named without their module."""
    assert _texts().json(value) == text


def test_a_dictionary_that_holds_itself_is_written() -> None:
    """What is nested without end is cut off at some depth."""
    value: dict[str, object] = {}
    value["self"] = value
    assert _texts().json(value).startswith('{"self": {"self"')


def test_secrets_are_hashed_with_the_key() -> None:
    """A secret cannot be read off; another one, or another key, gives another text, and the same one the same."""
    one = _texts().json("a-very-secret-key", "SECRET_KEY")
    assert one.startswith('"str #')
    assert "secret" not in one
    assert one == _texts().json("a-very-secret-key", "SECRET_KEY")
    assert one != _texts().json("a-very-secret-kez", "SECRET_KEY")
    assert one != _texts(b"other").json("a-very-secret-key", "SECRET_KEY")


def test_secrets_in_dictionaries_are_hashed_where_names_mean_something() -> None:
    """In config a nested `password` is a secret; among the facts of an extension `key` is a word like any other."""
    assert "hidden" not in _texts(config={}).json({"password": "hidden", "user": "me"}, "OPTIONS")
    assert json.loads(_texts(config={}).json({"key": "address"})) == {"key": "address"}


def test_an_empty_secret_is_told() -> None:
    """That a key is empty is no secret."""
    assert _texts().json("", "SECRET_KEY") == '""'


def test_secrets_within_texts_are_masked_and_still_compared() -> None:
    """The password of a URL does not show, and another one is another text."""
    one = _texts().text(CONFIG["DATABASE"])
    other = _texts(config={}).text(CONFIG["DATABASE"].replace("hidden", "other"))
    assert "hidden" not in one
    assert "other" not in other
    assert one != other
    assert "a-very-secret-key" not in _texts().text("key=a-very-secret-key!")


@pytest.mark.parametrize(
    ("name", "end"),
    [
        ("shop.views.index", "index"),
        ("create_app.<locals>.index", "index"),
        ("index", "index"),
        ("f.<locals>.<lambda>", "<lambda>"),
    ],
)
def test_a_function_is_the_same_wherever_it_is_defined(name: str, end: str) -> None:
    """Neither its module nor the factory around it counts."""
    assert short(name) == end


def test_objects_are_called_by_their_type() -> None:
    """An object that is called is named by its class, also one whose name is no text."""
    assert called(Own()) == "Own"
    _function.__qualname__ = "other"
    assert called(_function) == "other"
    assert called(functools.partial(functools.partial(len))) == "len"
