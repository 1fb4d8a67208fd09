"""Secrets: which config keys hold one, what may be said of it, and texts without it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

MASK = "***"

_LIST = """
    dev development development-key developmentkey devkey dev-key dev-secret dev-secret-key devsecret
    dev_secret_key_change_me secret secrets secret1 secret123 secretkey secret-key secret_key my-secret my-secret-key
    mysecret mysecretkey mysecretkey123 my_precious my_precious_two my_secret_key my-super-secret-key
    super-secret super-secret-key supersecret supersecretkey super_secret_key super-secret-jwt-key
    super-duper-secret topsecret top-secret verysecret very-secret very-secret-key verysecretkey
    this-is-a-secret thisisasecret thisissecret this-is-secret thisisasecretkey this-is-a-secret-key
    this-is-my-secret-key this-should-be-secret this-is-super-secret this_really_needs_to_be_changed
    this-is-a-very-secret-key this-is-not-a-secret not-so-secret not-secret notsecret shh shhh secretstring
    some-secret some-secret-key some_secret somesecret somesecretkey some-random-string some-random-key random
    random-string randomstring random-secret random-key a-secret a-secret-key a-random-string a-random-secret-key
    your-secret your-secret-key yoursecretkey your-secret-key-here yoursecretkeyhere your-super-secret-key
    your-jwt-secret your-jwt-secret-key your_jwt_secret_key_here your-256-bit-secret your-384-bit-secret
    your-512-bit-secret a-string-secret-at-least-256-bits-long a-valid-string-secret-that-is-at-least-512-bits-long
    insert-your-secret-key-here put-your-secret-key-here enter-your-secret-key replace-me replace-this
    replace-with-a-secret-key replace-me-in-production
    change-me changeme changeit change-it change-this changethis changemeplease please-change-me pleasechangeme
    change-me-in-production changemeinproduction change-this-in-production change-this-secret change-this-key
    changeme123 change-this-to-something-secret dev-only-change-me dev-secret-change-me dev-secret-change-in-production
    secret-key-change-in-production jwt-secret-change-in-production jwt-secret-key-change-in-production
    dev-secret-key-change-in-production your-secret-key-change-in-production your-secret-key-change-this
    jwt jwtsecret jwt-secret jwt-secret-key jwt-secret-string jwtsecretkey jwt_super_secret jwt-super-secret
    jwt-dev-secret jwt-dev-key jwt-key jwt-token hmac-secret token-secret
    you-will-never-guess you-will-never-know never-guess hard-to-guess hard-to-guess-string hard-to-guess-key
    a-hard-to-guess-string
    test testing tests test-key test-secret test-secret-key testsecret testkey testing-key testing-secret
    password passw0rd passwd pass 12345 123456 1234567 12345678 123456789 1234567890 0123456789 0000 abc abc123
    abcdef qwerty qwerty123 asdf asdfgh letmein admin admin123 root hello hello-world helloworld foo foobar bar baz
    key keys mykey my-key thekey the-key private private-key privatekey example example-key example-secret sample
    default default-secret default-secret-key default-key fallback fallback-secret fallback-secret-key
    flask flask-secret flask-secret-key flasksecret flask-app flaskapp flask-dev-key flask-session-insecure-secret-key
    insecure insecure-key insecure-secret insecure-secret-key django-insecure unsafe unsafe-secret unsafe-dev-key
    temp temporary temp-secret-key todo fixme xxx none null undefined string
    local local-dev local-secret localdev production prod prod-secret production-secret
    5#y2LF4Q8znxec 5#y2LF4Q8z A0Zr98j/3yXR~XHH!jmN]LWX/,?RT
    192b9bdd22ab9ed4d12e236c78afcb9a393ec15f71bbf5dc987d54727823bcbf
    09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7
    pf9Wkove4IKEAXvy-cQkeDPhv9Cb3Ag-wyJILbq_dFw 146585145368132386173505678016728509634
    5791628bb0b13ce0c676dfde280ba245
    """
WELL_KNOWN = frozenset(re.sub(r"[^0-9a-z]", "", text.lower()) for text in _LIST.split())
"""Secrets of documentation, tutorials, templates and habit; in lower case, letters and digits alone."""

_WORDS = re.compile(
    r"SECRET|PASSWORD|PASSWD|PASSPHRASE|PASSCODE|TOKEN|(?<!SUPPORTS_)(?<!SUPPORT_)CREDENTIAL|(^|_)(PWD|PASS|SALT|PEPPER|DSN|APIKEY)(_|$)"
    r"|(PRIVATE|API|ACCESS|ENCRYPTION|SIGNING|FERNET|AUTH|MASTER|LICENSE|SERVICE|ACCOUNT)_?KEY"
    r"|WEBHOOK"
)
_KEY = re.compile(r"(^|_)KEYS?$")
_NO_KEY = re.compile(
    r"(PUBLIC|SITE|JSON|MESSAGE|SESSION|CACHE|SORT|PRIMARY|IDENTITY|USER|FOREIGN|DICT|DATA|BIND)_KEYS?$"
)
_ABOUT = re.compile(
    r"_(LOCATIONS?|EXPIRES?|EXPIRY|EXPIRATION|LIFETIME|NAMES?|HEADERS?|TYPES?|PREFIX|PATHS?|FILES?|FILENAMES?|DIR|TEMPLATES?|URL|VIEW"
    r"|ENDPOINTS?|ALGORITHMS?|HASH|HASHES|SCHEMES?|METHODS?|ENABLED?|LENGTH|MIN|MAX|AGE|FIELDS?|CLAIMS?|ERROR|SUBJECT"
    r"|WITHIN|CHECKER|COMPLEXITY|REQUIRED|CONFIRM|CHANGEABLE|RECOVERABLE|NORMALIZE|NORMALIZE_FORM|ROUNDS|SINGLE_HASH|TTL|TIMEOUT|DAYS|HOURS"
    r"|MINUTES|SECONDS|CLASS|FORM|ISSUER|AUDIENCE|LEEWAY|SUFFIX|PROTECT|MSG|MESSAGE|OPTIONS|LEN|LIMITS?|HOST|PORT)$"
    r"|^SECURITY_MSG_|^(JWT_)?COOKIE"
)
_FOLLOWED = re.compile(
    r"(?i)((?:password|passwd|pwd|secret|token|api_?key)['\"]?\s*(?:=|%3D|:)\s*)('[^']*'|\"[^\"]*\"|[^\s&;,'\"}%]+)"
)
_USERINFO = re.compile(r"(?<=://)([^\s:@/?#]*):(\S*)(?=@)")
_LONG_USER = re.compile(r"(?<=://)[^\s:@/?#]{16,}(?=@)")
_NAMES = frozenset(["postgres", "postgresql", "rabbitmq", "memcached", "cockroachdb", "development", "production"])
"""Passwords of habit that are also what a backend or a mode is called; they are masked in URLs alone."""


def is_a(value: object, *kinds: type) -> bool:
    """Return whether a value is of one of these types; `isinstance` would run code of a proxy, by its `__class__`."""
    every = _bases.__get__(type(value))
    return any(one is kind for one in every for kind in kinds)


_bases = vars(type)["__mro__"]


def is_secret(key: str, value: object) -> bool:
    """Return whether a config key holds a secret, by its name and the type of its value."""
    if type(value) is bool or not is_a(value, str, bytes, int, list, tuple):
        return False
    name = key.upper()
    named = bool(_WORDS.search(name) or (_KEY.search(name) and not _NO_KEY.search(name)))
    if not named or (_ABOUT.search(name) and "WEBHOOK" not in name):
        return False
    if isinstance(value, int):
        return name.endswith(("KEY", "SECRET", "PASSWORD", "PASS", "PWD"))
    if isinstance(value, (list, tuple)):
        return name.endswith(("SECRET_KEY_FALLBACKS", "KEYS", "SECRETS", "TOKENS", "PASSWORDS", "PASSWORD_SALT"))
    return True


def texts(value: object) -> list[str]:
    """Return the secrets that a value holds: itself, or the members of a list."""
    values = list(value) if isinstance(value, (list, tuple)) else [value]
    those = [one for one in values if is_a(one, str, bytes, int)]
    return [one.decode("utf-8", "replace") if isinstance(one, bytes) else str(one) for one in those]


_PLACEHOLDER = re.compile(
    r"(change|replace)(d|this|me|it)?(in|for|before|on)?(prod|deploy)|(please|must|to)(be)?(change|replace)|change(me|this)|"
    r"^(dev|default|example|dummy|fallback|insecure)(jwt)?(secret|key)|(secret|key)(for|in)?(dev|development)(only)?$"
)
"""How placeholders read, their signs left out: ``dev-secret-key-change-in-prod``."""


def is_known(text: str) -> bool:
    """Return whether a secret is on the list of well-known ones, however it is spelt, or says that it is to be changed."""
    plain = re.sub(r"[^0-9a-z]", "", text.lower())
    return plain in WELL_KNOWN or _PLACEHOLDER.search(plain) is not None


def described(key: str, config: Mapping[str, Any]) -> dict[str, Any]:
    """Return what may be said of the secret of a key: its length in bytes, and what else it is.

    For a list of secrets the length of the shortest.
    """
    value = config[key]
    own = texts(value)
    sizes = [len(one) if isinstance(value, bytes) else len(one.encode("utf-8", "replace")) for one in own if one]
    same = [
        other
        for other in config
        if other != key and any(own) and is_secret(str(other), config[other]) and texts(config[other]) == own
    ]
    return {"length": min(sizes, default=0), "known": any(is_known(one) for one in own), "same": sorted(map(str, same))}


def without_password(text: str) -> str:
    """Return a text with the password of each URL in it masked, and what follows ``password=``."""
    masked = _USERINFO.sub(lambda found: f"{found[1]}:{MASK}", text) if "://" in text else text
    masked = _LONG_USER.sub(MASK, masked)
    return _FOLLOWED.sub(lambda found: found[1] + MASK, masked)


class Scrubber:
    """Takes the secrets of one app out of texts.

    Args:
        config: of the app; the values of its secret keys are what is taken out. Those of less than eight
            characters are words that stand elsewhere too, and stay.
    """

    def __init__(self, config: Mapping[str, Any]) -> None:
        found = {one for key, value in config.items() if is_secret(str(key), value) for one in texts(value)}
        urls = (one for one in _texts_in(list(config.values())) if "://" in one and "@" in one)
        found |= {match[2] for one in urls for match in _USERINFO.finditer(one)}
        every = sorted((one for one in found if len(one) >= 8 and one.lower() not in _NAMES), key=len, reverse=True)
        self._secrets = [(one, _pattern(one)) for one in every]

    def text(self, text: str) -> str:
        """Return a text without secrets and without passwords of URLs."""
        text = self._without(text)
        return without_password(text) if "://" in text or "=" in text or ":" in text else text

    def record(self, value: Any) -> Any:  # noqa: ANN401 - JSON data
        """Return what was read of instances and backends without secrets.

        What is the app's own word for something, ``shop.token:jwt`` or a fact called ``key``, is none.
        """
        if isinstance(value, str):
            value = self._without(value)
            return without_password(value) if "://" in value else value
        if isinstance(value, dict):
            return {key: self.record(one) for key, one in value.items()}
        return [self.record(one) for one in value] if isinstance(value, (list, tuple)) else value

    def _without(self, text: str) -> str:
        for secret, pattern in self._secrets:
            if secret in text:
                text = pattern.sub(MASK, text)
        return text

    def data(self, value: Any) -> Any:  # noqa: ANN401 - JSON data
        """Return JSON data without secrets."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self.data(key): MASK if is_secret(str(key), one) else self.data(one) for key, one in value.items()}
        return [self.data(one) for one in value] if isinstance(value, (list, tuple)) else value


def _pattern(secret: str) -> re.Pattern[str]:
    """Return what a secret is found by; one that is a word of small letters is not taken out of longer words."""
    word = secret.isascii() and secret.isalpha() and secret.islower()
    return re.compile(rf"(?<![^\W_]){secret}(?![^\W_])" if word else re.escape(secret))


def _texts_in(values: Iterable[Any], depth: int = 12) -> Iterable[str]:
    """Yield the texts in values, and in what these hold; one that holds itself is left at some depth."""
    for one in values if depth else ():
        if is_a(one, str):
            yield one
        elif is_a(one, dict):
            yield from _texts_in(list(one.values()), depth - 1)
        elif is_a(one, list, tuple):
            yield from _texts_in(list(one), depth - 1)
