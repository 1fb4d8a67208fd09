"""What the equal service is told: the variables of the service that it is compared with."""

from __future__ import annotations

import os
from dataclasses import dataclass, field


def _variable(name: str, default: str = "") -> str:
    found: str = field(default_factory=lambda: os.environ.get(name, default))
    return found


def _number(name: str, default: int) -> int:
    found: int = field(default_factory=lambda: int(os.environ.get(name, default)))
    return found


@dataclass(frozen=True)
class Settings:
    """Read from the environment when it is made."""

    database_url: str = _variable("DATABASE_URL")
    redis_url: str = _variable("REDIS_URL")
    jwt_secret_key: str = _variable("JWT_SECRET_KEY")
    public_origins: str = _variable("PUBLIC_ORIGINS")
    limit_address: str = _variable("LIMIT_ADDRESS", "600 per minute")
    limit_login: str = _variable("LIMIT_LOGIN", "5 per minute")
    cache_seconds: int = _number("CACHE_SECONDS", 60)
    database_pool_size: int = _number("DATABASE_POOL_SIZE", 10)
    access_minutes: int = _number("ACCESS_MINUTES", 15)
    idle_days: int = _number("IDLE_DAYS", 14)
    refresh_days: int = _number("REFRESH_DAYS", 30)
    sessions_per_user: int = _number("SESSIONS_PER_USER", 20)
    argon2_time_cost: int = _number("ARGON2_TIME_COST", 2)
    argon2_memory_kib: int = _number("ARGON2_MEMORY_KIB", 19_456)
    argon2_parallelism: int = _number("ARGON2_PARALLELISM", 1)
    surroundings: str = _variable("EQUAL_SURROUNDINGS")


settings = Settings()
