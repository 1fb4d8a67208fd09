"""Symbols as text: how they are put together, and which spellings mean the same.

A symbol is ``module:qualified.name`` for what the project defines (``app.ext:db``, ``app.ext:`` for the
module itself, ``app.ext:db.session`` for an attribute of it) and a dotted name for what comes from
elsewhere (``flask_jwt_extended.jwt_required``). An unresolved name is a symbol that starts with ``?.``.
"""

from __future__ import annotations

_MOVED = {
    "flask.ext.": "flask_",
    "flask_jwt_extended.view_decorators.": "flask_jwt_extended.",
    "flask_jwt_extended.utils.": "flask_jwt_extended.",
    "flask_jwt_extended.jwt_manager.": "flask_jwt_extended.",
    "flask_sqlalchemy.extension.": "flask_sqlalchemy.",
    "flask_cors.extension.": "flask_cors.",
    "flask_cors.decorator.": "flask_cors.",
    "flask_limiter.extension.": "flask_limiter.",
    "flask_limiter._extension.": "flask_limiter.",
    "flask_login.utils.": "flask_login.",
    "flask_login.login_manager.": "flask_login.",
    "flask_security.decorators.": "flask_security.",
    "flask_security.core.": "flask_security.",
    "flask.globals.": "flask.",
    "flask.app.": "flask.",
    "flask.blueprints.": "flask.",
    "flask.helpers.": "flask.",
    "flask.views.": "flask.views.",
    "werkzeug.local.": "werkzeug.local.",
    "flask_login.mixins.": "flask_login.",
}
"""Where libraries keep what they offer elsewhere, by how a symbol begins."""


def join(symbol: str, rest: str) -> str:
    """Return the symbol of an attribute of what a symbol means; `rest` may be empty or dotted."""
    if not rest:
        return symbol
    return f"{symbol}{rest}" if symbol.endswith(":") else f"{symbol}.{rest}"


def is_below(symbol: str, other: str) -> bool:
    """Whether a symbol is another one or an attribute of it."""
    return symbol == other or symbol.startswith(other + ".")


def settled(symbol: str) -> str:
    """Fold the private homes of public names: what a library re-exports has one symbol."""
    if symbol.startswith("flask"):
        for old, new in _MOVED.items():
            if symbol.startswith(old) and old != new:
                return new + symbol.removeprefix(old)
    return symbol
