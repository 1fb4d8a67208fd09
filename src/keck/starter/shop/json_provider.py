"""JSON as the service reads it."""

from __future__ import annotations

from typing import Any

from flask.json.provider import DefaultJSONProvider


class BoundedJSON(DefaultJSONProvider):
    """Flask's JSON, which takes two more documents for malformed.

    One is nested deeper than Python can follow. The other is `null`, in whose place APIFlask would put an empty object.
    """

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:  # noqa: ANN401 - Flask's signature
        """Read a document.

        Raises:
            ValueError: it is malformed, nested too deeply, or `null`.
        """
        try:
            document = super().loads(s, **kwargs)
        except RecursionError:
            raise ValueError("nested too deeply") from None
        if document is None:
            raise ValueError("null")
        return document
