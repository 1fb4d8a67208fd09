"""Decorators above a route: told, and intended to be seen no more."""

from __future__ import annotations

from textwrap import dedent

import pytest

from tests.factory.converted import converted

HEAD = """
    from flask import Flask

    app = Flask(__name__)
    RULE = "/rule"


    def guard(view):
        return lambda: view()

"""


@pytest.mark.parametrize(
    ("decorators", "rules"),
    [
        ("@app.route('/a')\n@guard", ()),
        ("@guard\n@app.route('/a')", ("layers/* /a",)),
        ("@guard\n@app.get('/a')\n@app.post('/b')", ("layers/* /a", "layers/* /b")),
        ("@app.get('/a')\n@guard\n@app.post('/b')", ("layers/* /b",)),
        ("@guard\n@app.route(RULE)", ("layers/* *",)),
        ("@guard\n@app.route(f'/{RULE}')", ("layers/* *",)),
        ("@guard\n@app.before_request", ()),
    ],
)
def test_what_does_nothing_for_a_route_is_told(decorators: str, rules: tuple[str, ...]) -> None:
    """A decorator above a route does as little as before, and is told with its line."""
    found = converted(dedent(HEAD) + f"{decorators}\ndef view():\n    return 'view'\n")
    assert found.intends == rules
    told = [one for one in found.says if one.startswith("`guard` above the route of `view` does nothing for it")]
    assert bool(told) == bool(rules)


def test_classes_have_no_routes() -> None:
    """A class that is registered has no view of its own."""
    code = dedent(HEAD) + "@guard\n@app.errorhandler(ValueError)\nclass View:\n    pass\n"
    assert converted(code).intends == ()
