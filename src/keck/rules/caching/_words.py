"""Words of the files that the rules about caching need to see."""

from __future__ import annotations

CACHE = ("flask_caching", "flask_cache", ".cached", ".memoize", "CACHE_TYPE")
VIEWS = ("route", "add_url_rule", "add_resource", "Resource", "MethodView", ".get(", ".post(")
READERS = ("request", "session", "current_user", "get_jwt", "cookie", "flash", "LocalProxy", "csrf", "g.")
GUARDS = ("abort", "_required", "login", "Permission", "Unauthorized", "Forbidden", "401", "403", "wraps")
DATABASE = ("SQLAlchemy", "db.", "session", "execute", ".query")
