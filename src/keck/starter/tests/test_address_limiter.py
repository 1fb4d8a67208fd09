# with: limiter
"""The short way of requests that are within the limit of an address."""

from __future__ import annotations

import pytest
from flask_limiter import Limiter

from shop.extensions import limiter

from .conftest import MakeApp


def test_within_the_limit_the_short_way_is_enough(make_app: MakeApp, monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests to an endpoint are counted without Flask-Limiter's resolving anything."""
    client = make_app(limits_enabled=True).test_client()
    monkeypatch.setattr(Limiter, "_check_request_limit", None)
    assert [client.get("/api/items").status_code for _ in range(3)] == [200, 200, 200]


def test_both_ways_count_together(make_app: MakeApp) -> None:
    """Requests that lead nowhere go the long way, and count for the same limit."""
    client = make_app(limits_enabled=True, limit_address="3 per minute").test_client()
    asked = [
        client.get(path).status_code for path in ("/api/items", "/nowhere", "/api/items", "/api/items", "/nowhere")
    ]
    assert asked == [200, 404, 200, 429, 429]


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("2001:db8::1", "2001:db8::ffff:0:0:2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("fe80::1:", "fe80::2:", False),
    ],
)
def test_an_ipv6_network_counts_as_one_address(make_app: MakeApp, first: str, second: str, together: bool) -> None:
    """Who has one address of a /64 has all of them; IPv4 addresses in IPv6 form are what they stand for."""
    client = make_app(limits_enabled=True, limit_address="1 per minute").test_client()
    assert client.get("/api/items", environ_base={"REMOTE_ADDR": first}).status_code == 200
    assert client.get("/api/items", environ_base={"REMOTE_ADDR": second}).status_code == (429 if together else 200)


def test_apps_have_limits_of_their_own(make_app: MakeApp) -> None:
    """What was found for the endpoints of one app does not hold for those of another."""
    make_app(limits_enabled=True, limit_address="1 per minute").test_client().get("/api/items")
    client = make_app(limits_enabled=True, limit_address="2 per minute").test_client()
    assert [client.get("/api/items").status_code for _ in range(3)] == [200, 200, 429]


def test_a_store_that_fails_takes_the_long_way(make_app: MakeApp, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the store does not answer, Flask-Limiter goes on in memory, and the limit still holds."""
    client = make_app(limits_enabled=True, limit_address="2 per minute").test_client()
    assert client.get("/api/items").status_code == 200

    def fail(*_: object, **__: object) -> bool:
        raise ConnectionError

    monkeypatch.setattr(limiter._limiter, "hit", fail)  # noqa: SLF001 - there is no store in this test that could fail
    assert [client.get("/api/items").status_code for _ in range(3)] == [200, 200, 429]


def test_preflights_and_probes_do_not_count(make_app: MakeApp) -> None:
    """What is exempt stays exempt on both ways."""
    client = make_app(limits_enabled=True, limit_address="1 per minute").test_client()
    assert [client.get("/livez").status_code for _ in range(3)] == [200, 200, 200]
    assert [client.options("/api/items").status_code for _ in range(3)] == [200, 200, 200]
    assert client.get("/api/items").status_code == 200
