"""How messages name what is the user's own."""

from __future__ import annotations

import pytest

from keck.rules._wording import called, code, listed, read


def test_names_are_in_backquotes() -> None:
    """Names stand in backquotes, functions with parentheses."""
    assert (code("SECRET_KEY"), called("Login.post")) == ("`SECRET_KEY`", "`Login.post()`")


@pytest.mark.parametrize(
    ("words", "expected"), [(["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_lists_are_as_in_prose(words: list[str], expected: str) -> None:
    """The last of several words is joined by `and`, without a comma."""
    assert listed(words) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("request.args", "`request.args`"),
        ("current_user", "`current_user`"),
        ("g.user", "`g.user`"),
        ("auth.current_user", "`auth.current_user`"),
        ("get_jwt_identity", "`get_jwt_identity()`"),
        ("auth.get_auth", "`auth.get_auth()`"),
        ("set_access_cookies", "`set_access_cookies()`"),
        ("parse_args()", "`parse_args()`"),
        ("the header X-Shop", "the header `X-Shop`"),
        ("the CSRF token of LoginForm", "the CSRF token of `LoginForm`"),
        ("csrf_token in page.html", "`csrf_token` in page.html"),
        ("@blp.arguments from the query string", "`@blp.arguments` from the query string"),
        (
            "request.args (paginate reads the page from it)",
            "`request.args` (`paginate()` reads the page from it)",
        ),
    ],
)
def test_reads_are_named_as_a_person_would(name: str, expected: str) -> None:
    """What is read of a request has its names in backquotes, and its words outside of them."""
    assert read(name) == expected
