from __future__ import annotations

import pytest
from packaging.version import Version

from keck.known import ADDED, NAMESPACES, REMOVED, distribution, known, owner
from keck.known.keys import KEYS


@pytest.mark.parametrize(
    ("extension", "key"),
    [
        ("flask", "SECRET_KEY"),
        ("flask_sqlalchemy", "SQLALCHEMY_DATABASE_URI"),
        ("flask_jwt_extended", "JWT_SECRET_KEY"),
        ("flask_cors", "CORS_ORIGINS"),
        ("flask_caching", "CACHE_TYPE"),
        ("flask_limiter", "RATELIMIT_STORAGE_URI"),
        ("flask_mail", "MAIL_DEFAULT_SENDER"),
    ],
)
def test_each_extension_has_its_keys(extension: str, key: str) -> None:
    """The keys that an extension reads are known under the name of its package."""
    assert key in known(extension)


def test_a_stranger_has_none() -> None:
    """An extension that is not known reads nothing that is known."""
    assert known("flask_session") == frozenset()


def test_every_key_lies_in_the_namespace_of_its_extension() -> None:
    """What an extension reads begins with its own word, so that a key names its owner."""
    for extension, keys in KEYS.items():
        assert extension == "flask" or {owner(key) for key in keys} == {extension}


@pytest.mark.parametrize(
    ("key", "extension"),
    [
        ("CORS_ORIGIN", "flask_cors"),
        ("CORS_NEVER_SEEN", "flask_cors"),
        ("DEFAULT_MAIL_SENDER", "flask_mail"),
        ("SECRET_KEY", None),
        ("MAILGUN_KEY", None),
        ("CACHED", None),
    ],
)
def test_a_key_names_its_owner(key: str, extension: str | None) -> None:
    """The first word of a key decides whose it is; a word that only begins alike does not."""
    assert owner(key) == extension


def test_no_key_is_both_read_and_gone() -> None:
    """A key that is gone is not among those that are read, and its replacement is."""
    for key, removed in REMOVED.items():
        assert key not in known(removed.extension)
        assert removed.extension in NAMESPACES.values()
        assert removed.replacement is None or removed.replacement in known(removed.extension)
        assert removed.removed_in is None or Version(removed.removed_in) > Version("0")
        assert removed.effect.isascii()
        assert not removed.effect.endswith(".")


def test_what_came_later_is_read_today() -> None:
    """A key that was added at some version is one that the current version reads."""
    for key, (extension, since) in ADDED.items():
        assert key in known(extension)
        assert Version(since) > Version("0")


@pytest.mark.parametrize(
    ("key", "removed_in", "replacement"),
    [
        ("SQLALCHEMY_COMMIT_ON_TEARDOWN", "3.1.0", None),
        ("SQLALCHEMY_POOL_SIZE", "3.0.0", "SQLALCHEMY_ENGINE_OPTIONS"),
        ("JWT_BLACKLIST_ENABLED", "4.0.0", None),
        ("CORS_HEADERS", "2.0.0", "CORS_ALLOW_HEADERS"),
        ("RATELIMIT_STORAGE_URL", "3.0.0", "RATELIMIT_STORAGE_URI"),
        ("RATELIMIT_GLOBAL", "2.0.4", "RATELIMIT_DEFAULT"),
        ("RATELIMIT_KEY_FUNC", None, None),
        ("JWT_SECRET", None, "JWT_SECRET_KEY"),
    ],
)
def test_a_key_that_is_gone_says_since_when(key: str, removed_in: str | None, replacement: str | None) -> None:
    """The version that dropped a key decides for whom it is a fault."""
    assert (REMOVED[key].removed_in, REMOVED[key].replacement) == (removed_in, replacement)


def test_an_extension_is_pinned_under_its_distribution() -> None:
    """The package's name becomes the name that manifests use."""
    assert distribution("flask_jwt_extended") == "flask-jwt-extended"
