"""Keys that nothing reads, values of the wrong type, secrets that are none."""

from __future__ import annotations

from faults import Fault

CONFIG = "shop/config.py"
JWT = '        "JWT_ALGORITHM": "HS256",\n'
KEY = '        "JWT_SECRET_KEY": settings.jwt_secret_key.get_secret_value(),\n'


def with_key(key: str, value: str) -> tuple[tuple[str, str, str], ...]:
    """Return the edit that adds a config key."""
    return ((CONFIG, JWT, f'{JWT}        "{key}": {value},\n'),)


FAULTS = (
    Fault(
        "config/weak-secret",
        "tokens are signed with a word that everybody knows",
        ((CONFIG, KEY, '        "JWT_SECRET_KEY": "super-secret",\n'),),
    ),
    Fault(
        "config/weak-secret",
        "tokens are signed with a key of 16 bytes",
        ((CONFIG, KEY, '        "JWT_SECRET_KEY": "q7Zk2Vw9Lr4Xt8Ns",\n'),),
    ),
    Fault(
        "config/wrong-type",
        "a flag is the text False",
        ((CONFIG, '"JWT_COOKIE_SECURE": True,', '"JWT_COOKIE_SECURE": "False",'),),
    ),
    Fault("config/wrong-type", "default limits are a list", with_key("RATELIMIT_DEFAULT", '["100 per minute"]')),
    Fault(
        "config/wrong-type",
        "a lifetime is a text",
        (
            (
                CONFIG,
                '"JWT_ACCESS_TOKEN_EXPIRES": timedelta(minutes=settings.access_minutes),',
                '"JWT_ACCESS_TOKEN_EXPIRES": "900",',
            ),
        ),
    ),
    Fault(
        "config/unknown-key",
        "the storage of limits has its old name",
        with_key("RATELIMIT_STORAGE_URL", '"redis://localhost"'),
    ),
    Fault(
        "config/unknown-key",
        "CORS headers are set by a name that nothing reads",
        with_key("CORS_HEADERS", '"Content-Type"'),
    ),
)
