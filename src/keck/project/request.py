"""Words about requests: what tells who asks, and which part of a request an attribute reads."""

from __future__ import annotations

import re

PERSONAL = {
    "flask": ("session", "flash", "get_flashed_messages", "request.cookies", "request.authorization"),
    "flask_jwt_extended": (
        "get_jwt_identity", "get_current_user", "get_jwt", "get_raw_jwt", "get_jwt_claims", "get_jwt_header",
        "set_access_cookies", "set_refresh_cookies", "unset_jwt_cookies", "unset_access_cookies",
        "unset_refresh_cookies", "get_csrf_token",
    ),
    "flask_login": ("login_user", "logout_user", "login_fresh", "user_accessed"),
    "flask_security": ("login_user", "logout_user"),
    "flask_wtf": ("csrf.generate_csrf", "csrf_token"),
}  # fmt: skip
PERSONAL_SYMBOLS = frozenset(f"{package}.{name}" for package, names in PERSONAL.items() for name in names)
"""The functions and proxies of libraries that tell who asks, or write something for them alone."""
IDENTITIES = {"current_user", "current_identity", "current_token", "current_principal"}
"""Names of what tells who asks, in any library."""
PERSONAL_G = re.compile(
    r"user|identity|account|member|customer|principal|claims|jwt|token|auth|login|logged|role|permission|uid$",
    re.IGNORECASE,
)
PERSONAL_HEADERS = re.compile(r"^(authorization|cookie|x-(api-key|auth-.*|access-token|user.*|csrf.*))$", re.IGNORECASE)
TRANSPORT_HEADERS = re.compile(r"^(if-.*|content-.*|x-request-id|traceparent|x-correlation-id|referer)$", re.IGNORECASE)
COOKIE_CALLS = {"set_cookie", "delete_cookie"}
PARTS = {
    "args": "args",
    "values": "args",
    "query_string": "args",
    "full_path": "args",
    "url": "args",
    "host": "host",
    "host_url": "host",
    "url_root": "host",
    "root_url": "host",
    "base_url": "host",
    "accept_languages": "headers",
    "accept_mimetypes": "headers",
    "user_agent": "headers",
    "is_xhr": "headers",
    "method": "method",
    "json": "body",
    "get_json": "body",
    "form": "body",
    "data": "body",
    "get_data": "body",
    "files": "body",
}
"""The attributes of ``flask.request`` by the kind of `keck.project.reads.Read` that they are."""
