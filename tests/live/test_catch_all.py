"""Handlers of every error: whether their code treats HTTP errors on their own."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask, jsonify
from werkzeug.exceptions import HTTPException

from keck.live.functions import catch_all

odd: Any = str


def plain(error: Exception) -> Any:  # noqa: ANN401, D103, ARG001
    return "x", 500


def text(error: Exception) -> Any:  # noqa: ANN401, D103
    return jsonify(error=str(error)), 500


def silent(error: Exception) -> None:  # noqa: D103, ARG001
    return


def named(error: Exception) -> Any:  # noqa: ANN401, D103
    return "x" if isinstance(error, HTTPException) else "y"


def asked(error: Any) -> Any:  # noqa: ANN401, D103
    return "x", error.code


def asked_by_name(error: Exception) -> Any:  # noqa: ANN401, D103
    return "x", getattr(error, "code", 500)


def raised(error: Exception) -> Any:  # noqa: ANN401, D103
    raise error


def returned(error: Exception) -> Any:  # noqa: ANN401, D103
    return error


def handed_on(error: Exception) -> Any:  # noqa: ANN401, D103
    return odd(error), 500


def handed_on_by_attribute(error: Exception) -> Any:  # noqa: ANN401, D103
    return odd.upper(error)


def anonymous() -> Any:  # noqa: ANN401, D103
    return "x"


@pytest.mark.parametrize(
    ("handler", "expected"),
    [
        (plain, False),
        (text, False),
        (silent, False),
        (anonymous, False),
        (lambda _: ("x", 500), False),
        (lambda error: ("x", error.code), True),
        (named, True),
        (asked, True),
        (asked_by_name, True),
        (raised, True),
        (returned, True),
        (handed_on, True),
        (handed_on_by_attribute, True),
        (odd, False),
    ],
)
def test_what_a_handler_does_with_its_error(handler: Any, expected: bool) -> None:  # noqa: ANN401
    """A handler that names HTTP errors, asks for a code, raises, returns the error or hands it on tells them apart."""
    app = Flask("shop")
    app.register_error_handler(Exception, handler)
    (one,) = catch_all(app)
    assert one["http"] is expected
