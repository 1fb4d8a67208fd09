"""The configuration that Flask and the extensions read, made of the settings."""

from __future__ import annotations

import re  # with: cors
from datetime import timedelta
from typing import Any

from flask import Flask
from flask import current_app
from flask import request  # with: limiter
from redis.backoff import NoBackoff  # with: cache|limiter
from redis.exceptions import ConnectionError  # noqa: A004  # with: cache|limiter
from redis.retry import Retry  # with: cache|limiter

from .database import engine_options
from .serializer import Values  # with: cache
from .settings import Settings

AUDIENCE = "shop"
ISSUER = "shop"
MAIL_PORTS = {"starttls": 587, "tls": 465, "none": 25}  # with: mail
# with: cache|limiter {
REDIS_OPTIONS: dict[str, Any] = {
    "socket_connect_timeout": 0.5,
    "socket_timeout": 0.5,
    "retry": Retry(NoBackoff(), 1, (ConnectionError,)),
}
"""A Redis that hangs costs a request two seconds at most, and soon nothing; the client would try for many."""
# with: cache|limiter }


def settings_of(app: Flask | None = None) -> Settings:
    """The settings of `app`, or of the app that is at work."""
    settings: Settings = (app or current_app).config["SETTINGS"]
    return settings


# with: limiter {
def address_limit() -> str:
    """How often an address may ask for anything at all."""
    return settings_of().limit_address


def counted_as() -> str:
    """What a request counts as: its endpoint. Flask-Limiter would not count one that leads nowhere."""
    return request.endpoint or "nowhere"


# with: limiter }
# with: cors {
def exactly(origin: str) -> re.Pattern[str]:
    """What matches this origin and no other: of a text Flask-CORS would ignore the case, or take it for a pattern."""
    return re.compile(re.escape(origin) + r"\Z")


# with: cors }
def flask_config(settings: Settings) -> dict[str, Any]:
    """Every key that Flask and the extensions are given. There is no SECRET_KEY: nothing uses cookie sessions."""
    config: dict[str, Any] = {
        "SETTINGS": settings,
        "MAX_CONTENT_LENGTH": settings.max_body_bytes,
        "MAX_FORM_MEMORY_SIZE": settings.max_body_bytes,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": engine_options(settings.database_url, settings.database_pool_size),
        # --- Flask-JWT-Extended
        "JWT_SECRET_KEY": settings.jwt_secret_key.get_secret_value(),
        "JWT_ALGORITHM": "HS256",
        "JWT_ENCODE_AUDIENCE": AUDIENCE,
        "JWT_DECODE_AUDIENCE": AUDIENCE,
        "JWT_ENCODE_ISSUER": ISSUER,
        "JWT_DECODE_ISSUER": ISSUER,
        "JWT_ACCESS_TOKEN_EXPIRES": timedelta(minutes=settings.access_minutes),
        "JWT_REFRESH_TOKEN_EXPIRES": timedelta(days=settings.refresh_days),
        "JWT_TOKEN_LOCATION": [settings.token_location],
        "JWT_COOKIE_SECURE": True,
        "JWT_COOKIE_SAMESITE": "Strict",
        "JWT_COOKIE_CSRF_PROTECT": True,
        "JWT_ACCESS_COOKIE_NAME": "__Host-access",
        "JWT_REFRESH_COOKIE_NAME": "__Host-refresh",
        "JWT_ACCESS_CSRF_COOKIE_NAME": "__Host-csrf-access",
        "JWT_REFRESH_CSRF_COOKIE_NAME": "__Host-csrf-refresh",
        "JWT_REFRESH_COOKIE_PATH": "/",
    }
    # with: cors {
    config |= {
        "PUBLIC_ORIGINS": [exactly(origin) for origin in settings.public_origins],
        "ADMIN_ORIGINS": [exactly(origin) for origin in settings.admin_origins],
        "CORS_SUPPORTS_CREDENTIALS": settings.token_location == "cookies",
        "CORS_ALLOW_HEADERS": ["Authorization", "Content-Type", "If-None-Match", "X-CSRF-TOKEN", "X-Request-ID"],
        "CORS_EXPOSE_HEADERS": ["ETag", "Link", "Location", "Retry-After", "X-Request-ID"],
        "CORS_MAX_AGE": 600,
    }
    # with: cors }
    # with: cache {
    redis = settings.cache_redis_url or settings.redis_url
    config |= {
        "CACHE_TYPE": "RedisCache" if redis else "SimpleCache",
        "CACHE_REDIS_URL": redis,
        "CACHE_SERIALIZER": Values if redis else None,
        "CACHE_OPTIONS": REDIS_OPTIONS if redis else {},
        "CACHE_KEY_PREFIX": "shop:cache:",
        "CACHE_DEFAULT_TIMEOUT": settings.cache_seconds,
        "CACHE_THRESHOLD": 1_000,
    }
    # with: cache }
    # with: limiter {
    config |= {
        "RATELIMIT_ENABLED": settings.limits_enabled,
        "RATELIMIT_STORAGE_URI": settings.redis_url or "memory://",
        "RATELIMIT_STORAGE_OPTIONS": REDIS_OPTIONS if settings.redis_url else {},
        "RATELIMIT_STRATEGY": "fixed-window",
        "RATELIMIT_KEY_PREFIX": "shop:limit:",
        "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": True,
        "RATELIMIT_REQUEST_IDENTIFIER": counted_as,
    }
    # with: limiter }
    # with: mail {
    config |= {
        "MAIL_SERVER": settings.mail_server or "",
        "MAIL_PORT": settings.mail_port or MAIL_PORTS[settings.mail_security],
        "MAIL_USE_TLS": settings.mail_security == "starttls",
        "MAIL_USE_SSL": settings.mail_security == "tls",
        "MAIL_USERNAME": settings.mail_username,
        "MAIL_PASSWORD": settings.mail_password and settings.mail_password.get_secret_value(),
        "MAIL_DEFAULT_SENDER": settings.mail_sender,
        "MAIL_DEBUG": False,
    }
    # with: mail }
    return config
