"""The settings: every one with its meaning, read from the environment and from `.env`.

A service that could not do what its settings say does not start: `Settings()` raises `pydantic.ValidationError`.
"""

from __future__ import annotations

import re
from email.utils import parseaddr  # with: mail
from ipaddress import ip_address
from pathlib import Path  # with: mail
from typing import Annotated
from typing import Literal
from typing import Self

from limits import parse_many  # with: limiter
from pydantic import Field
from pydantic import FilePath  # with: mail
from pydantic import SecretStr
from pydantic import ValidationError
from pydantic import field_validator
from pydantic import model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings
from pydantic_settings import NoDecode
from pydantic_settings import SettingsConfigDict

EXAMPLE_SECRET = "change-me-change-me-change-me-change-me"
SHORTEST_SECRET = 32

_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:\d+)?|https?://\[[0-9a-f:]+\](:\d+)?")

Words = Annotated[list[str], NoDecode]


class Settings(BaseSettings):
    """What can be set. The variable of each field is its name in capitals."""

    model_config = SettingsConfigDict(
        env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True, hide_input_in_errors=True
    )

    environment: Literal["development", "production"] = "development"

    # --- secrets and stores
    jwt_secret_key: SecretStr
    """Signs the tokens (HS256). At least 32 bytes, drawn at random; whoever knows it is everybody."""
    database_url: str = "sqlite:///shop.db"
    """Where rows are kept. `sqlite:///shop.db` is a file in `instance/`; `postgresql+psycopg://user:password@host/name`."""
    database_pool_size: int = Field(default=10, ge=1, le=200)
    """Connections a process keeps to PostgreSQL."""
    redis_url: str | None = None
    """Holds the limits, wakes the workers. Without it one process does everything in memory."""
    # with: cache {
    cache_redis_url: str | None = None
    """Holds cached answers; `redis_url` when not set. Give it a server of its own as soon as Redis may evict."""
    # with: cache }

    # --- the server
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    workers: int = Field(default=1, ge=1, le=64)
    """Processes that answer requests. More than one needs Redis."""
    threads: int = Field(default=4, ge=1, le=64)
    """Requests that a process answers at a time."""
    proxy_hops: int = Field(default=0, ge=0, le=5)
    """Reverse proxies in front that set X-Forwarded-For. Too many lets a client choose its own address.

    So does a proxy that lets `X_Forwarded_For` pass: to WSGI that is the same header. nginx drops it unless told not to.
    """
    max_body_bytes: int = Field(default=65_536, ge=1_024)
    """A larger request body is answered with 413."""

    # with: cors {
    # --- who may call from a browser
    public_origins: Words = []
    """Origins (`https://www.example.com`) whose pages may call /api. None by default."""
    admin_origins: Words = []
    """Origins whose pages may call /admin. None by default."""

    # with: cors }
    # --- accounts
    token_location: Literal["headers", "cookies"] = "headers"
    """Where clients keep tokens: `headers` for apps, `cookies` (HttpOnly, with CSRF tokens) for browsers."""
    access_minutes: int = Field(default=15, ge=1, le=60)
    refresh_days: int = Field(default=30, ge=1, le=365)
    """A session ends this long after its login, however often it was refreshed."""
    idle_days: int = Field(default=14, ge=1, le=365)
    """A session that is not refreshed for this long ends."""
    sessions_per_user: int = Field(default=20, ge=1, le=1_000)
    """One more login than this ends the session that was idle for longest."""
    reuse_seconds: int = Field(default=10, ge=0, le=60)
    """How long a spent refresh token may be sent again, when the answer to it was lost."""
    link_minutes: int = Field(default=60, ge=5, le=60)
    """How long a link in a mail works."""
    argon2_time_cost: int = Field(default=2, ge=1, le=10)
    argon2_memory_kib: int = Field(default=19_456, ge=8, le=1_048_576)
    argon2_parallelism: int = Field(default=1, ge=1, le=8)
    password_words: Words = ["shop", "password"]
    """Words (a comma-separated list) that a password must not consist of: names of the product, of the company."""
    frontend_url: str | None = Field(default=None, pattern=r"^https?://\S+$")
    """Where the links in mails lead, with `/verify#token=...`; without it mails hold the token alone."""
    # with: limiter {

    # --- limits
    limits_enabled: bool = True
    limit_address: str = "600 per minute"
    """Everything that one address sends, refused requests included."""
    limit_account: str = "300 per minute"
    """Everything that one account sends once it has shown who it is."""
    limit_login: str = "5 per minute"
    limit_register: str = "3 per hour"
    limit_reset: str = "3 per hour"
    limit_refresh: str = "30 per minute"
    # with: limiter }
    # with: cache {

    # --- cache
    cache_seconds: int = Field(default=60, ge=1, le=3_600)
    """How long an answer of the public catalogue is kept."""
    # with: cache }
    # with: mail {

    # --- mail
    mail_server: str | None = None
    """The SMTP server. Without it mail is printed and kept in `instance/mail`."""
    mail_port: int | None = Field(default=None, ge=1, le=65535)
    """587 when not set; 465 with `tls`, 25 with `none`."""
    mail_security: Literal["starttls", "tls", "none"] = "starttls"
    """`tls` from the first byte, or `starttls`: then a server that does not offer it gets no mail."""
    mail_username: str | None = None
    mail_password: SecretStr | None = None
    mail_sender: str = "service@localhost.localdomain"
    """Whom mail comes from: `hello@example.com` or `Ann of Example <ann@example.com>`."""
    mail_ca_file: FilePath | None = None
    """Certificates that the SMTP server's is checked against; the system's when not set."""
    mail_timeout: float = Field(default=10, gt=0, le=60)
    """Seconds that a step of the SMTP dialogue may take; a whole mail gets at most six times as long."""
    mail_directory: Path = Path("mail")
    """Where mail is kept that no server takes; relative to `instance/`."""
    mail_delivery: Literal["thread", "celery", "none"] = "thread"
    """Who delivers: a thread of the server, Celery workers, or only `flask mail deliver`."""
    mail_lease_seconds: int = Field(default=120, ge=1)
    """After this long a mail that a worker took and did not finish is taken by another. At least 10 MAIL_TIMEOUT."""
    mail_poll_seconds: float = Field(default=30, gt=0, le=300)
    """How often workers look for mail that nobody woke them for."""
    mail_retry_seconds: float = Field(default=30, gt=0, le=3_600)
    """When a mail that could not be sent is tried again; twice as long after each failure, up to an hour."""
    mail_attempts: int = Field(default=18, ge=1, le=50)
    """Failed tries, over about half a day, after which a mail is given up (and kept: `flask mail dead`)."""
    # with: mail }

    # --- what it tells
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["json", "console"] = "json"
    metrics_token: SecretStr | None = None
    """Bearer token of /metrics; without it /metrics does not exist."""
    trace_endpoint: str | None = None
    """OTLP/HTTP endpoint of an OpenTelemetry collector; needs `requirements/tracing.txt`."""

    @field_validator("public_origins", "admin_origins", "password_words", mode="before", check_fields=False)
    @classmethod
    def _split(cls, value: object) -> object:
        """Take a comma-separated list, which is what an environment variable holds."""
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    # with: cors {
    @field_validator("public_origins", "admin_origins")
    @classmethod
    def _plain_origins(cls, value: list[str]) -> list[str]:
        """Refuse what is no origin: patterns, `*`, `null`, paths, trailing slashes."""
        for origin in value:
            if not _ORIGIN.fullmatch(origin):
                raise ValueError(f"{origin!r} is no origin; write scheme and host, such as https://www.example.com")
        return value

    # with: cors }
    # with: limiter {
    @field_validator("limit_address", "limit_account", "limit_login", "limit_register", "limit_reset", "limit_refresh")
    @classmethod
    def _known_limit(cls, value: str) -> str:
        """Refuse what Flask-Limiter cannot read: it would go on without the limit."""
        try:
            parse_many(value)
        except ValueError:
            raise ValueError(f"{value!r} is no limit; write 5 per minute, or 5 per minute; 20 per hour") from None
        return value

    # with: limiter }
    # with: mail {
    @field_validator("mail_sender")
    @classmethod
    def _known_sender(cls, value: str) -> str:
        if "@" not in parseaddr(value)[1] or not value.isprintable():
            raise ValueError("is no address; write hello@example.com or Ann <ann@example.com>")
        return value

    # with: mail }
    @field_validator("host")
    @classmethod
    def _numeric_host(cls, value: str) -> str:
        """Refuse names: the server binds to an address."""
        try:
            return str(ip_address(value))
        except ValueError:
            raise ValueError(f"{value!r} is no IP address; write 127.0.0.1, or 0.0.0.0 for all") from None

    @field_validator("jwt_secret_key")
    @classmethod
    def _strong_secret(cls, value: SecretStr) -> SecretStr:
        secret = value.get_secret_value()
        if secret == EXAMPLE_SECRET:
            raise ValueError("is the example; draw one: python -c 'import secrets; print(secrets.token_urlsafe(48))'")
        if len(secret.encode()) < SHORTEST_SECRET:
            raise ValueError(f"is shorter than {SHORTEST_SECRET} bytes")
        return value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        """Turn the `postgres://` of hosting platforms into what SQLAlchemy calls it, with psycopg 3."""
        value = re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", value)
        if not value.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("must begin with sqlite:/// or postgresql://")
        return value

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.workers > 1 and self.redis_url is None:
            raise ValueError("WORKERS > 1 needs REDIS_URL: limits and cached answers in memory are each process's own")
        if self.workers > 1 and self.database_url.startswith("sqlite"):
            raise ValueError("WORKERS > 1 needs PostgreSQL: set DATABASE_URL")
        # with: mail {
        if self.mail_delivery == "celery" and self.redis_url is None:
            raise ValueError("MAIL_DELIVERY=celery needs REDIS_URL")
        if self.mail_username is not None and (self.mail_password is None or self.mail_security == "none"):
            raise ValueError("MAIL_USERNAME needs MAIL_PASSWORD, and MAIL_SECURITY other than none")
        if self.mail_lease_seconds < 10 * self.mail_timeout:
            raise ValueError("MAIL_LEASE_SECONDS must be at least ten times MAIL_TIMEOUT")
        # with: mail }
        return self


def load() -> Settings:
    """Read the settings, or leave with one line for each that is wrong.

    Raises:
        SystemExit: the settings are incomplete or contradict each other.
    """
    try:
        return Settings()
    except ValidationError as error:
        lines = [_sentence(fault) for fault in error.errors(include_url=False, include_input=False)]
        raise SystemExit("\n".join(["The settings do not hold (see .env.example):", *lines])) from None


def _sentence(fault: ErrorDetails) -> str:
    name = ".".join(str(part) for part in fault["loc"]).upper()
    text = fault["msg"].removeprefix("Value error, ")
    return f"  {name}: {text}" if name else f"  {text}"
