"""The OpenAPI document: every operation is in it, with all that it can answer."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any
from typing import cast

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from shop.openapi import complete

from tests.conftest import MakeApp

UNDOCUMENTED = {"docs", "openapi", "static"}
"""What is for browsers: the page of the docs, its files, the document itself."""
METHODS = {"get", "post", "patch", "delete"}


@pytest.fixture
def document(client: FlaskClient) -> dict[str, Any]:
    """The document as clients get it."""
    found: dict[str, Any] = client.get("/openapi.json").get_json()
    return found


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """All operations: path, method, what is said of it."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


def views(app: APIFlask) -> Iterator[tuple[str, str, Any]]:
    """All documented routes: path as the document has it, method, view."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint.partition(".")[0] in UNDOCUMENTED:
            continue
        path = re.sub(r"<(?:[^<:]+:)?([^>]+)>", r"{\1}", rule.rule)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            yield path, method.lower(), app.view_functions[rule.endpoint]


def is_guarded(view: Any) -> bool:  # noqa: ANN401 - a view under any decorators
    """Whether `jwt_required` stands somewhere above the view."""
    while view is not None:
        if inspect.getmodule(view.__code__) is not None and view.__code__.co_filename.endswith(
            ("flask_jwt_extended/view_decorators.py", "flask_jwt_extended\\view_decorators.py")
        ):
            return True
        view = getattr(view, "__wrapped__", None)
    return False


def test_it_is_openapi_3_1(document: dict[str, Any]) -> None:
    """The document says what it is, of which service, and where that is."""
    assert document["openapi"].startswith("3.1")
    assert document["info"]["title"] == "Shop"
    assert document["servers"] == [{"url": "/"}]


def test_host_header_does_not_get_into_it(client: FlaskClient) -> None:
    """The document is made once and shown to everybody: whoever asks first does not choose the server in it."""
    assert "evil.example" not in client.get("/openapi.json", headers={"Host": "evil.example"}).text


def test_every_route_is_documented(app: APIFlask, document: dict[str, Any]) -> None:
    """No view is missing, and nothing is documented that is not there."""
    assert {(path, method) for path, method, _ in operations(document)} == {
        (path, method) for path, method, _ in views(app)
    }


def test_every_guarded_view_says_so(app: APIFlask, document: dict[str, Any]) -> None:
    """What needs a token documents `security` and 401; what does not, does not."""
    for path, method, view in views(app):
        operation = document["paths"][path][method]
        assert is_guarded(view) == ("security" in operation), (method, path)
        if is_guarded(view):
            assert "401" in operation["responses"]
            (needed,) = (set(alternative) for alternative in operation["security"])
            assert needed <= set(document["components"]["securitySchemes"])


def test_operations_have_names_of_their_own(document: dict[str, Any]) -> None:
    """Every operation has an id, which no other has, a summary and a tag."""
    found = [operation for _, _, operation in operations(document)]
    ids = [operation["operationId"] for operation in found]
    assert len(set(ids)) == len(ids)
    assert all(operation["summary"] and operation["tags"] for operation in found)


def test_errors_are_problem_documents(document: dict[str, Any]) -> None:
    """Every error that is documented is one, and those that any operation can answer are on all."""
    for path, method, operation in operations(document):
        answers = operation["responses"]
        errors = {code for code in answers if code >= "400"}
        assert errors >= {"400", "422", "429", "500", "503"}, (method, path)
        assert errors >= ({"413", "415"} if "requestBody" in operation else set())
        assert errors >= ({"404"} if "{" in path else set())
        for code in errors:
            assert list(answers[code]["content"]) == ["application/problem+json"]
        assert "Retry-After" in answers["429"]["headers"]


def test_nothing_has_a_body_that_has_none(document: dict[str, Any]) -> None:
    """204 and 304 are documented without content; every other success with JSON."""
    for path, method, operation in operations(document):
        for code, answer in operation["responses"].items():
            if code in {"204", "304"}:
                assert not answer.get("content"), (method, path, code)
            elif code < "400":
                assert list(answer["content"]) == ["application/json"], (method, path, code)


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    """No `$ref` names a schema that is not there."""

    def references(node: Any) -> Iterator[str]:  # noqa: ANN401 - any part of the document
        if isinstance(node, dict):
            if isinstance(node.get("$ref"), str):
                yield node["$ref"]
            for part in node.values():
                yield from references(part)
        elif isinstance(node, list):
            for part in node:
                yield from references(part)

    known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert set(references(document["paths"])) <= known
    assert set(references(document["components"])) <= known


def test_bodies_are_required_and_closed(document: dict[str, Any]) -> None:
    """A body that an operation takes cannot be left out, and unknown fields are refused."""
    for _, _, operation in operations(document):
        if "requestBody" in operation:
            assert operation["requestBody"]["required"] is True
            schema = operation["requestBody"]["content"]["application/json"]["schema"]
            name = schema["$ref"].rpartition("/")[2]
            assert document["components"]["schemas"][name]["additionalProperties"] is False


def test_cookies_are_documented_where_tokens_are_cookies(make_app: MakeApp) -> None:
    """In cookie mode the schemes are cookies, answers hold no tokens, and changes need the CSRF header."""
    document = make_app(token_location="cookies").test_client().get("/openapi.json").get_json()
    schemes = document["components"]["securitySchemes"]
    assert {scheme["in"] for scheme in schemes.values()} == {"cookie", "header"}
    assert "access_token" not in document["components"]["schemas"]["TokenPair"]["properties"]
    for _, method, operation in operations(document):
        for needed in operation.get("security", []):
            assert ("csrf" in needed) == (method != "get")


def test_without_a_request_no_place_is_claimed(app: APIFlask) -> None:
    """`flask spec` writes a document without servers; a document that is text already stays as it is."""
    with app.app_context():
        assert cast("dict[str, Any]", app.spec)["servers"] == []
        assert complete("openapi: 3.1.0") == "openapi: 3.1.0"
