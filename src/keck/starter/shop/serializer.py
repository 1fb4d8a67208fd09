# with: cache
"""How values are kept in a shared cache: as JSON, which runs nothing when it is read."""

from __future__ import annotations

from typing import Any

from cachelib.serializers import JSONSerializer


class Values(JSONSerializer):
    """JSON, and None for what is not there (which cachelib would take for broken JSON, and warn of)."""

    def loads(self, bvalue: str | bytes | bytearray | None, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        """Read a value back."""
        return None if bvalue is None else super().loads(bvalue, *args, **kwargs)
