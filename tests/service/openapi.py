"""The operations of the running service, as its own OpenAPI document lists them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from tests.service.servers.service import Service

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


@dataclass(frozen=True)
class Operation:
    """One operation of the document.

    Args:
        method: In capitals.
        path: The template.
        security: The security schemes, one of which it asks for; none where it is public.
        has_body: Whether it takes a body.
    """

    method: str
    path: str
    security: tuple[str, ...]
    has_body: bool

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def address(self, **values: object) -> str:
        """Return the path with its parameters filled in: by name, else with an id that nothing has."""
        known = {"session_id": uuid4(), "user_id": uuid4(), "item_id": 2_000_000_000, "name": "none", **values}
        return self.path.format_map(known)


def document(service: Service) -> dict[str, Any]:
    """Return the document."""
    with service.client() as client:
        found: dict[str, Any] = client.get("/openapi.json").json()
    return found


def operations(service: Service) -> list[Operation]:
    """Return all operations, public ones too."""
    return [
        Operation(
            method.upper(),
            path,
            tuple(name for one in operation.get("security", []) for name in one),
            "requestBody" in operation,
        )
        for path, item in document(service)["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    ]


def guarded(service: Service) -> list[Operation]:
    """Return the operations that ask for a token."""
    return [one for one in operations(service) if one.security]
