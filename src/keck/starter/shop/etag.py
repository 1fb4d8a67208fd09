"""Answers that a client may keep and ask about: `ETag`, `If-None-Match`, 304.

A view under `revalidated` returns an `Answer` instead of a response: text and header values, which a shared cache can
hold as JSON. What it takes to make them is done once; what it takes to answer from them is little.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from typing import Any
from typing import NotRequired
from typing import ParamSpec
from typing import TypedDict

from flask import Response
from flask import request

REVALIDATE = "public, max-age=0, must-revalidate"
NOT_MODIFIED: dict[int | str, dict[str, str | dict[str, dict[str, Any]]]] = {
    304: {"description": "The client has this answer already."}
}
"""What a view under `revalidated` documents besides its answer."""

P = ParamSpec("P")


class Answer(TypedDict):
    """A body of JSON and the headers that belong to it."""

    body: str
    etag: str
    link: NotRequired[str]


def answer(body: str, link: str | None = None) -> Answer:
    """An answer of this body, and of this Link header where there is one."""
    made: Answer = {"body": body, "etag": f'"{sha256(body.encode()).hexdigest()[:32]}"'}
    if link is not None:
        made["link"] = link
    return made


def revalidated(view: Callable[P, Answer]) -> Callable[P, Response]:
    """Turn what a view answers into a response; into a 304 without a body where the client has it already."""

    @wraps(view)
    def responding(*args: P.args, **kwargs: P.kwargs) -> Response:
        found = view(*args, **kwargs)
        etag = found["etag"]
        if "HTTP_IF_NONE_MATCH" in request.environ and request.if_none_match.contains_weak(etag.strip('"')):
            response = Response(status=304)
            del response.headers["Content-Type"]
        else:
            response = Response(found["body"], content_type="application/json")
        headers = response.headers
        headers["ETag"] = etag
        headers["Cache-Control"] = REVALIDATE
        if "link" in found:
            headers["Link"] = found["link"]
        return response

    return responding
