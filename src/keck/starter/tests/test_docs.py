"""The page of the docs: served from here, with nothing from anywhere else."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from shop.docs import STATIC
from shop.docs import VERSION
from shop.docs import YEAR


def test_the_page_names_files_that_are_there(client: FlaskClient) -> None:
    """Everything that the page loads comes from this service, and may run by its policy."""
    page = client.get("/docs")
    loaded = re.findall(r'<(?:link|script)[^>]+(?:src|href)="([^"]+)"', page.text)
    assert len(loaded) > 2
    for path in set(loaded) - {"data:,"}:  # that is no icon, and no request for one
        assert path.startswith("/docs/static/")
        with client.get(path) as file:
            assert file.status_code == 200
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert "unsafe" not in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize("name", sorted(path.name for path in STATIC.iterdir()))
def test_files_of_this_version_are_kept_for_good(client: FlaskClient, name: str) -> None:
    """Their address changes when they do; under the address of another version they are not to be kept."""
    with client.get(f"/docs/static/{VERSION}/{name}") as kept, client.get(f"/docs/static/other/{name}") as asked:
        assert kept.cache_control.max_age == YEAR
        assert kept.cache_control.immutable
        assert asked.status_code == 200
        assert asked.cache_control.no_cache
        assert not asked.cache_control.immutable


@pytest.mark.parametrize("name", ["none.js", "..%2f__init__.py", "%2e%2e/__init__.py"])
def test_nothing_else_is_served(client: FlaskClient, name: str) -> None:
    """What is not among the files is a 404, wherever it lies."""
    assert client.get(f"/docs/static/{VERSION}/{name}").status_code == 404
