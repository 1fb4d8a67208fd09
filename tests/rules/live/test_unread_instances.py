"""Rules on apps of which an instance could not be read: it serves, and nothing else is known of it."""

from __future__ import annotations

import pytest

from keck.examining import judge
from keck.live.record import Instance, LiveApp, Route, Setting
from keck.settings import Settings

EXTENSIONS = ("sqlalchemy", "migrate", "jwt", "cors", "caching", "limiter", "mail")
ROUTES = (Route("/login", "login", "POST", name="shop.login"), Route("/logout", "logout", "POST", name="shop.logout"))


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_no_rule_crashes(extension: str) -> None:
    """What could not be read is `unknown`, and its facts are missing."""
    one = Instance(extension, "shop:it", bound="unknown", facts={"unread": ["KeyError"]})
    told = judge(LiveApp("shop", root="/srv", instances=(one,), routes=ROUTES), Settings())
    assert [each for each in told.verdicts if each.state == "crashed"] == []


@pytest.mark.parametrize("value", [["HS256"], {"HS256": 1}, None, 5])
def test_an_algorithm_that_is_none_crashes_nothing(value: object) -> None:
    """Config may be anything."""
    config = {"SECRET_KEY": Setting("str", None, {"length": 20}), "JWT_ALGORITHM": Setting("list", value)}
    jwt = Instance("jwt", "shop:jwt", bound="this")
    told = judge(LiveApp("shop", root="/srv", instances=(jwt,), routes=ROUTES, config=config), Settings())
    assert [each for each in told.verdicts if each.state == "crashed"] == []
