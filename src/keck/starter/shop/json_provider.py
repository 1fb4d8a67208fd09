"""JSON as the service reads it."""

from __future__ import annotations

from typing import Any

from flask.json.provider import DefaultJSONProvider


class BoundedJSON(DefaultJSONProvider):
    """Flask's JSON, which refuses what is nested deeper than Python can follow like any other malformed document."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:  # noqa: ANN401 - Flask's signature
        """Read a document.

        Raises:
            ValueError: it is malformed, or nested too deeply.
        """
        try:
            return super().loads(s, **kwargs)
        except RecursionError:
            raise ValueError("nested too deeply") from None
