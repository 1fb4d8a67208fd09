"""Passwords: hashed with Argon2id, checked in the same time whether or not there is an account."""

from __future__ import annotations

import re
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError
from argon2.exceptions import VerificationError
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from ..config import settings_of
from ..schemas import SHORTEST_PASSWORD

UNKNOWN = ""
"""Stands for the hash of a password that nobody knows: it has to be reset by mail first."""

_LETTERS = re.compile(r"[\W\d_]+")


@lru_cache(maxsize=4)
def _hasher(time_cost: int, memory_kib: int, parallelism: int) -> PasswordHasher:
    return PasswordHasher(time_cost, memory_kib, parallelism)


@lru_cache(maxsize=4)
def _nobodys(hasher: PasswordHasher) -> str:
    return hasher.hash("the password of nobody")


def _configured() -> PasswordHasher:
    settings = settings_of()
    return _hasher(settings.argon2_time_cost, settings.argon2_memory_kib, settings.argon2_parallelism)


def hash_password(password: str) -> str:
    """Hash a password with the parameters of the settings."""
    return _configured().hash(password)


def verify_password(password_hash: str | None, password: str) -> bool:
    """Whether a password fits its hash; without a hash (None, or `UNKNOWN`) the answer is False after the same work."""
    hasher = _configured()
    try:
        return hasher.verify(password_hash or _nobodys(hasher), password) and bool(password_hash)
    except (VerificationError, InvalidHashError):
        return False


def needs_rehash(password_hash: str) -> bool:
    """Whether a hash was made with other parameters than those of the settings."""
    return _configured().check_needs_rehash(password_hash)


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    return frozenset(word for word in FREQUENCY_LISTS["passwords"] if len(word) >= SHORTEST_PASSWORD)


def weakness(password: str, email: str) -> str | None:
    """Why a password cannot be taken, as a sentence; None when it can."""
    lowered = password.casefold()
    if lowered in _common():
        return "This password is one of the most common ones."
    words = {*settings_of().password_words, email, email.partition("@")[0]}
    if _is_made_of({_LETTERS.sub("", word.casefold()) for word in words}, _LETTERS.sub("", lowered)):
        return "A password must not be made of the e-mail address or the name of the service."
    return None


def _is_made_of(words: set[str], letters: str) -> bool:
    """Whether letters are these words and nothing else, in whatever order and however often."""
    left = letters
    for word in sorted(words - {""}, key=len, reverse=True):
        left = left.replace(word, "")
    return bool(letters) and not left
