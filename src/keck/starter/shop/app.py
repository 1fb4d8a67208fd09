"""The class of the app."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from apiflask import APIFlask

from .json_provider import BoundedJSON


class Service(APIFlask):
    """APIFlask that finds out once for each function whether it is async, and not with every request."""

    json_provider_class = BoundedJSON

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - whatever APIFlask takes
        super().__init__(*args, **kwargs)
        self.ensure_sync = lru_cache(maxsize=1_024)(self.ensure_sync)  # type: ignore[method-assign]
