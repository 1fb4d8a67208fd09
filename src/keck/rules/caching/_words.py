"""Words of the files that the rules about caching need to see."""

from __future__ import annotations

PACKAGES = ("flask_caching", "flask_cache", "flask.ext")
CACHE = ("flask_caching", "flask_cache", ".cached", ".memoize", "CACHE_TYPE")
VIEWS = (
    "route(", ".route\n", ".route\r", ".route,", ".route)", "add_url_rule", "add_resource", "Resource)", "Resource,",
    "MethodView",
    *(f".{verb}({quote}/" for verb in ("get", "post", "put", "patch", "delete") for quote in "'\""),
)  # fmt: skip
READERS = ("flask", "request.", "session", "current_user", "get_jwt", "cookie", "LocalProxy", "csrf")
GUARDS = ("abort", "_required", "login", "Permission", "Unauthorized", "Forbidden", "401", "403", "wraps")
DATABASE = ("SQLAlchemy", "db.", "session", "execute", ".query")
PERSONAL = (*CACHE, *VIEWS, *GUARDS, *READERS)
"""What it takes to see who is let in to a cached view, and what of the caller it reads."""
