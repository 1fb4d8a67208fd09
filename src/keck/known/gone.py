"""Config keys that are not read: removed, renamed, or never more than a likely guess.

The version boundaries were found by searching the published releases on both sides of each.
"""

from __future__ import annotations

import msgspec


class Removed(msgspec.Struct, frozen=True):
    """A key that the current version of an extension does not read.

    Attributes:
        extension: by the name of its package (``flask_cors``).
        removed_in: the first version that does not read it; None where none ever did.
        replacement: the key to set, or None where there is none.
        effect: what happens to somebody who sets it; empty where there is nothing to add.
        advice: what to do where that is more than to set the replacement, or to remove the key.
    """

    extension: str
    removed_in: str | None
    replacement: str | None
    effect: str
    advice: str = ""


def _pool(option: str) -> Removed:
    return Removed(
        "flask_sqlalchemy",
        "3.0.0",
        "SQLALCHEMY_ENGINE_OPTIONS",
        "the pool keeps its default",
        f'set `SQLALCHEMY_ENGINE_OPTIONS = {{"{option}": ...}}`',
    )


def _guess(extension: str, replacement: str, origin: str = "") -> Removed:
    return Removed(extension, None, replacement, origin)


REMOVED: dict[str, Removed] = {
    "SQLALCHEMY_COMMIT_ON_TEARDOWN": Removed(
        "flask_sqlalchemy", "3.1.0", None, "what is not committed is lost", "call `db.session.commit()`, and remove it"
    ),
    "SQLALCHEMY_POOL_SIZE": _pool("pool_size"),
    "SQLALCHEMY_POOL_TIMEOUT": _pool("pool_timeout"),
    "SQLALCHEMY_POOL_RECYCLE": _pool("pool_recycle"),
    "SQLALCHEMY_MAX_OVERFLOW": _pool("max_overflow"),
    "SQLALCHEMY_NATIVE_UNICODE": Removed("flask_sqlalchemy", "3.0.0", None, "text is always Unicode"),
    "SQLALCHEMY_DATABASE_URL": _guess("flask_sqlalchemy", "SQLALCHEMY_DATABASE_URI"),
    "SQLALCHEMY_URI": _guess("flask_sqlalchemy", "SQLALCHEMY_DATABASE_URI"),
    "JWT_BLACKLIST_ENABLED": Removed(
        "flask_jwt_extended",
        "4.0.0",
        None,
        "revoked tokens stay valid",
        "register a `token_in_blocklist_loader`, and remove it",
    ),
    "JWT_BLACKLIST_TOKEN_CHECKS": Removed(
        "flask_jwt_extended", "4.0.0", None, "the blocklist loader is asked for every kind of token"
    ),
    "JWT_CLAIMS_IN_REFRESH_TOKEN": Removed(
        "flask_jwt_extended", "4.0.0", None, "refresh tokens carry the additional claims too"
    ),
    "JWT_USER_CLAIMS": Removed("flask_jwt_extended", "4.0.0", None, "additional claims stand at the top of the token"),
    "JWT_CSRF_HEADER_NAME": Removed(
        "flask_jwt_extended", "4.0.0", "JWT_ACCESS_CSRF_HEADER_NAME", "the header keeps its default name"
    ),
    "JWT_CLAIMS_KEY": Removed("flask_jwt_extended", None, None, ""),
    "JWT_SECRET": _guess("flask_jwt_extended", "JWT_SECRET_KEY"),
    "JWT_EXPIRATION_DELTA": _guess("flask_jwt_extended", "JWT_ACCESS_TOKEN_EXPIRES", "the name is Flask-JWT's"),
    "JWT_ACCESS_TOKEN_EXPIRE": _guess("flask_jwt_extended", "JWT_ACCESS_TOKEN_EXPIRES"),
    "JWT_TOKEN_EXPIRES": _guess("flask_jwt_extended", "JWT_ACCESS_TOKEN_EXPIRES"),
    "CORS_HEADERS": Removed("flask_cors", "2.0.0", "CORS_ALLOW_HEADERS", "every request header stays allowed"),
    "CORS_ORIGIN": _guess("flask_cors", "CORS_ORIGINS"),
    "CORS_ALLOWED_ORIGINS": _guess("flask_cors", "CORS_ORIGINS"),
    "CORS_ORIGIN_WHITELIST": _guess("flask_cors", "CORS_ORIGINS", "the name is Django's"),
    "CORS_SUPPORT_CREDENTIALS": _guess("flask_cors", "CORS_SUPPORTS_CREDENTIALS"),
    "CACHE_REDIS_URI": _guess("flask_caching", "CACHE_REDIS_URL"),
    "CACHE_URL": _guess("flask_caching", "CACHE_REDIS_URL"),
    "CACHE_TIMEOUT": _guess("flask_caching", "CACHE_DEFAULT_TIMEOUT"),
    "CACHE_BACKEND": _guess("flask_caching", "CACHE_TYPE"),
    "CACHE_PREFIX": _guess("flask_caching", "CACHE_KEY_PREFIX"),
    "RATELIMIT_STORAGE_URL": Removed(
        "flask_limiter", "3.0.0", "RATELIMIT_STORAGE_URI", "limits are counted in the memory of each process"
    ),
    "RATELIMIT_GLOBAL": Removed("flask_limiter", "2.0.4", "RATELIMIT_DEFAULT", "no default limit applies"),
    "RATELIMIT_DEFAULT_LIMITS": _guess("flask_limiter", "RATELIMIT_DEFAULT"),
    "RATELIMIT_DEFAULTS": _guess("flask_limiter", "RATELIMIT_DEFAULT"),
    "RATELIMIT_KEY_FUNC": Removed("flask_limiter", None, None, "", "pass `key_func` to `Limiter()`"),
    "MAIL_SENDER": _guess("flask_mail", "MAIL_DEFAULT_SENDER"),
    "DEFAULT_MAIL_SENDER": Removed("flask_mail", "0.8.0", "MAIL_DEFAULT_SENDER", "messages have no default sender"),
    "MAIL_TLS": _guess("flask_mail", "MAIL_USE_TLS"),
    "MAIL_SSL": _guess("flask_mail", "MAIL_USE_SSL"),
    "MAIL_FAIL_SILENTLY": Removed("flask_mail", "0.8.0", None, "a failure to send is raised"),
    "MAIL_SUPRESS_SEND": _guess("flask_mail", "MAIL_SUPPRESS_SEND"),
    "MAIL_HOST": _guess("flask_mail", "MAIL_SERVER"),
}

ADDED: dict[str, tuple[str, str]] = {
    "SQLALCHEMY_ENGINE_OPTIONS": ("flask_sqlalchemy", "2.4.0"),
    "RATELIMIT_STORAGE_URI": ("flask_limiter", "2.0.4"),
    "MAIL_DEFAULT_SENDER": ("flask_mail", "0.8.0"),
    "JWT_VERIFY_SUB": ("flask_jwt_extended", "4.7.1"),
    "CACHE_ENABLE_SIGNALS": ("flask_caching", "2.5.0"),
    "CACHE_FILE_HASH_METHOD": ("flask_caching", "2.5.0"),
    "CACHE_HASH_METHOD": ("flask_caching", "2.5.0"),
    "CACHE_SERIALIZER": ("flask_caching", "2.5.0"),
}
"""Keys that earlier versions do not read: the extension and the first version that does."""
