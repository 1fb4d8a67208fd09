"""The HTTP client of the tests: requests, with the service's address, a time limit and tokens."""

from __future__ import annotations

from typing import Any

import requests

PATIENCE = 30.0
"""Seconds that an answer may take."""


class Client(requests.Session):
    """A client of one service; paths are relative to it. It asks no proxy and reads no netrc.

    Args:
        url: The service's address without a slash at its end.
        token: Sent with every request, unless the request says otherwise.
    """

    def __init__(self, url: str, token: str | None = None) -> None:
        super().__init__()
        self.url = url
        self.trust_env = False
        if token is not None:
            self.headers["Authorization"] = f"Bearer {token}"

    def request(self, method: str, url: str | bytes, *args: Any, **options: Any) -> requests.Response:  # noqa: ANN401 - not ours
        """Send a request to a path of the service and return the answer, whatever its status; follow no redirect."""
        options.setdefault("timeout", PATIENCE)
        options.setdefault("allow_redirects", False)
        where = url if isinstance(url, str) else url.decode()
        return super().request(method, self.url + where if where.startswith("/") else where, *args, **options)

    def bearing(self, token: str) -> Client:
        """Return another client, which sends this token."""
        return Client(self.url, token)
