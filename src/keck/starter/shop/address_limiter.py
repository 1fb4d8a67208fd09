# with: limiter
"""Flask-Limiter with a short way for requests that are within the limits of the whole application.

With every request the extension resolves which limits and exemptions hold for it, and parses the limits. For those of
the application that does not change from one request to the next. Whatever the short way does not let through goes the
long one, with the same counters: what is refused, and what is counted while the store does not answer, is up to it.
"""

from __future__ import annotations

from ipaddress import IPv6Address
from ipaddress import IPv6Network
from typing import Any

from flask import current_app
from flask import request
from flask_limiter import Limiter
from flask_limiter.constants import ExemptionScope
from flask_limiter.util import get_remote_address


def client_network() -> str:
    """The address of the client as limits count it: an IPv6 one by its /64, of which whoever has one has them all."""
    address = get_remote_address()
    if ":" not in address:
        return address
    try:
        found = IPv6Address(address)
    except ValueError:
        return address
    return str(found.ipv4_mapped or IPv6Network((found, 64), strict=False))


class AddressLimiter(Limiter):
    """A Limiter whose application limits are found once for each endpoint."""

    def _check_request_limit(self, callable_name: str | None = None, in_middleware: bool = True) -> None:
        if not (in_middleware and self._is_within()):
            super()._check_request_limit(callable_name, in_middleware)

    def _is_within(self) -> bool:
        """Whether this request is within all limits of the application; it is counted."""
        ready = self.enabled and self.initialized and not self._storage_dead and request.method != "OPTIONS"
        if not ready or request.endpoint is None:
            return False
        found: dict[str, list[tuple[Any, ...]]] = current_app.extensions.setdefault("address_limits", {})
        limits = found.get(request.endpoint)
        if limits is None:
            limits = found[request.endpoint] = self._limits_of(request.endpoint)
        try:
            return bool(limits) and all(
                self.limiter.hit(limit, self._key_prefix, key(), scope) for limit, key, scope in limits
            )
        except Exception:  # noqa: BLE001 - the store does not answer: the long way falls back to memory
            return False

    def _limits_of(self, endpoint: str) -> list[tuple[Any, ...]]:
        """Each limit with what tells the key and with its scope; none where an exemption holds."""
        manager = self.limit_manager
        if manager.exemption_scope(current_app, endpoint, request.blueprint) & ExemptionScope.APPLICATION:
            return []
        identity = self.identify_request()
        return [
            (one.limit, one.key_func, one.scope_for(identity, request.method)) for one in manager.application_limits
        ]
