"""Paths that rules match."""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.routing import BaseConverter

from keck.live.paths import domain, sample


class Picky(BaseConverter):
    """A converter that takes nothing."""

    def to_url(self, value: object) -> str:
        """Fail with every value."""
        raise RuntimeError(str(value))


@pytest.mark.parametrize(
    "rule",
    [
        "/",
        "/users/<name>",
        "/users/<int:id>",
        "/users/<int(min=7):id>",
        "/users/<float:size>",
        "/users/<uuid:id>",
        "/files/<path:name>",
        "/<any(de, en):language>/x",
        "/<string(minlength=3):name>",
        "/<string(length=2):name>/<int:id>",
    ],
)
def test_a_path_is_matched_by_its_rule(rule: str) -> None:
    """The path that is made for a rule leads to its endpoint."""
    app = Flask("paths")
    app.add_url_rule(rule, "view", lambda **_: "x")
    (found,) = app.url_map.iter_rules("view")
    path = sample(found)
    assert path is not None
    assert app.url_map.bind("x").match(path)[0] == "view"


def test_a_rule_with_defaults() -> None:
    """What a rule sets itself is not made up."""
    app = Flask("paths")
    app.add_url_rule("/pages/", "pages", str, defaults={"page": 1})
    (found,) = app.url_map.iter_rules("pages")
    assert sample(found) == "/pages/"


def test_a_converter_of_the_project() -> None:
    """One that takes nothing has no path, and does not break the reading."""
    app = Flask("paths")
    app.url_map.converters.update(picky=Picky)
    app.add_url_rule("/<picky:value>", "picky", str)
    (found,) = app.url_map.iter_rules("picky")
    assert sample(found) is None


def test_the_host_of_a_rule() -> None:
    """A rule of a subdomain has one to be asked on; one that no path can be made for has none."""
    app = Flask("shop")
    app.config["SERVER_NAME"] = "shop.example"
    app.add_url_rule("/", "index", lambda: "", subdomain="<tenant>")
    (found,) = (one for one in app.url_map.iter_rules() if one.endpoint == "index")
    assert domain(found)
    vars(found)["_converters"]["tenant"] = None
    assert domain(found) == ""
