"""Bodies are read, whatever the answer is."""

from __future__ import annotations

from io import BytesIO

import pytest
from flask.testing import FlaskClient


@pytest.mark.parametrize(("size", "status", "left"), [(2, 401, 0), (65_536, 401, 0), (65_537, 401, 65_537)])
def test_body_is_read_before_a_refusal(client: FlaskClient, size: int, status: int, left: int) -> None:
    """A request that is refused for its token has its body read, unless it is too large to be read at all."""
    body = BytesIO(b"{" * size)
    options = {"input_stream": body, "content_length": size, "content_type": "application/json"}
    response = client.post("/api/auth/fresh", **options)
    assert response.status_code == status
    assert len(body.read()) == left


@pytest.mark.parametrize("body", ["null", " null\n"])
def test_null_is_no_body(client: FlaskClient, body: str) -> None:
    """`null` is refused as malformed, and not taken for an object without fields."""
    assert client.post("/api/auth/login", data=body, content_type="application/json").status_code == 400
