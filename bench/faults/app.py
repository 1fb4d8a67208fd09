"""Instances that are not bound, bound twice, bound too early, or bound for nothing."""

from __future__ import annotations

from faults import Fault

BIND = "shop/extensions.py"
APP = "shop/__init__.py"
CONFIG = "shop/config.py"
GUARD = "shop/accounts/guard.py"
AFTER = "    bind(app)\n"


def late(key: str, value: str) -> tuple[str, str, str]:
    """Return the edit that sets a config key after the extensions have read it."""
    return (APP, AFTER, f'{AFTER}    app.config["{key}"] = {value}\n')


FAULTS = (
    Fault("app/extension-never-bound", "the limiter is not bound", ((BIND, "    limiter.init_app(app)\n", ""),)),
    Fault("app/extension-never-bound", "mail is not bound", ((BIND, "    mail.init_app(app)\n", ""),)),
    Fault("app/extension-never-bound", "the JWT manager is not bound", ((BIND, "    jwt.init_app(app)\n", ""),)),
    Fault("app/extension-never-bound", "migrate is not bound", ((BIND, "    migrate.init_app(app, db)\n", ""),)),
    Fault("app/extension-never-bound", "the cache is not bound", ((BIND, "    cache.init_app(app)\n", ""),)),
    Fault(
        "app/config-without-effect",
        "the database is set after it was bound",
        (late("SQLALCHEMY_DATABASE_URI", '"sqlite:///other.db"'),),
    ),
    Fault("app/config-without-effect", "the cache is set after it was bound", (late("CACHE_TYPE", '"NullCache"'),)),
    Fault(
        "app/config-without-effect", "the mail server is set too late", (late("MAIL_SERVER", '"smtp.shop.example"'),)
    ),
    Fault("app/config-without-effect", "limits are switched off too late", (late("RATELIMIT_ENABLED", "False"),)),
    Fault(
        "app/second-extension-instance",
        "revoked tokens are looked up on another JWT manager",
        (
            (
                GUARD,
                "@jwt.token_in_blocklist_loader\ndef is_revoked(",
                (
                    "from ..extensions import OneKeyJWTManager\n\nmanager = OneKeyJWTManager()\n\n\n"
                    "@manager.token_in_blocklist_loader\ndef is_revoked_elsewhere(_: Claims, claims: Claims) -> bool:\n"
                    "    return session_of(claims) is None\n\n\n@jwt.token_in_blocklist_loader\ndef is_revoked("
                ),
            ),
        ),
    ),
    Fault(
        "app/extension-bound-twice",
        "CORS is bound twice",
        (
            (
                BIND,
                "    cache.init_app(app)\n",
                '    cors.init_app(app, resources={r"^/admin(/.*)?$": admin})\n    cache.init_app(app)\n',
            ),
        ),
    ),
    Fault(
        "app/extension-bound-twice",
        "a second limiter counts beside the first",
        (
            (
                BIND,
                "jwt = OneKeyJWTManager()\n",
                "jwt = OneKeyJWTManager()\nother_limiter = AddressLimiter(client_network, application_limits=[address_limit])\n",
            ),
            (BIND, "    limiter.init_app(app)\n", "    limiter.init_app(app)\n    other_limiter.init_app(app)\n"),
        ),
    ),
    Fault(
        "app/extension-inert",
        "limits are switched off",
        ((CONFIG, '"RATELIMIT_ENABLED": settings.limits_enabled,', '"RATELIMIT_ENABLED": False,'),),
    ),
    Fault(
        "app/extension-inert",
        "no mail is ever sent",
        (
            (
                CONFIG,
                '        "MAIL_DEBUG": False,\n',
                '        "MAIL_DEBUG": False,\n        "MAIL_SUPPRESS_SEND": True,\n',
            ),
        ),
    ),
    Fault(
        "app/app-context-pushed-at-import",
        "a context is pushed beside the app",
        (("wsgi.py", "app = create_app(load())\n", "app = create_app(load())\napp.app_context().push()\n"),),
    ),
)
