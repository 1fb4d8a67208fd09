"""The rule on what a probe and the reading say differently."""

from __future__ import annotations

from keck.live.record import Guard, LiveApp, Probed, Probes, Route, Spot
from tests.live_support import findings

RULE = "probe/reading-differs"
JWT = Guard("jwt", "required", "flask_jwt_extended.jwt_required")
REACHED = {"status": 200, "reached": True}


def _app(*probed: Probed) -> LiveApp:
    """Return an app of two routes with one rule: one of each host."""
    routes = tuple(
        Route("/me", name, "GET", spot=Spot(f"/srv/{name}.py", 5, 5), guards=(JWT,), exposure="guarded")
        for name in ("a.me", "b.me")
    )
    return LiveApp("shop", root="/srv", routes=routes, probes=Probes(probed))


def test_a_difference_is_told_at_its_route() -> None:
    """Each difference is a finding, at the route of its endpoint even where another one has the same rule."""
    (one,) = findings(RULE, _app(Probed("/me", "GET", "a.me", asked={"anonymous": REACHED})))
    assert (one.place.path, one.symbol, one.tags) == ("/srv/a.me.py", "a.me auth", ("a.me",))
    assert one.message == (
        "GET /me reads as guarded by `jwt_required`, but a request without a token gets through to the view"
    )
    assert one.help == "compare it with `flask doctor routes a.me`"


def test_a_limit_that_cannot_be_parsed_is_tagged() -> None:
    """What fails because of a limit's string follows from that."""
    failed = {"status": 500, "reached": False, "error": "ValueError: couldn't parse rate limit string 'ten'"}
    (one,) = findings(RULE, _app(Probed("/me", "GET", "b.me", asked={"anonymous": failed})))
    assert one.tags == ("b.me", "limiter")


def test_agreement_is_none() -> None:
    """Where both say the same nothing is found."""
    refused = {"status": 401, "reached": False}
    assert findings(RULE, _app(Probed("/me", "GET", "a.me", asked={"anonymous": refused}))) == []
