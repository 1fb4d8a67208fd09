"""The tables, and the sessions that read them without a transaction and write them in one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID, uuid4

from sqlalchemy import DateTime, ForeignKey
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from .settings import settings


def now() -> datetime:
    """The present time, aware, in UTC."""
    return datetime.now(UTC)


class Base(DeclarativeBase):
    """What every model is made of."""

    type_annotation_map = {datetime: DateTime(timezone=True)}  # noqa: RUF012 - SQLAlchemy's attribute


class User(Base):
    """An account."""

    __tablename__ = "users"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    email: Mapped[str]
    password_hash: Mapped[str]
    role: Mapped[str]
    verified_at: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class LoginSession(Base):
    """One login and the refresh tokens that come of it."""

    __tablename__ = "sessions"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    epoch: Mapped[int] = mapped_column(default=0)
    generation: Mapped[int] = mapped_column(default=0)
    token_hash: Mapped[str]
    spent_hash: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    last_used_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    user_agent: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")

    user: Mapped[User] = relationship()


class Item(Base):
    """Something in the catalogue."""

    __tablename__ = "items"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    description: Mapped[str]
    category: Mapped[str]
    price: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


engine = create_async_engine(
    settings.database_url, pool_pre_ping=True, pool_size=settings.database_pool_size, skip_autocommit_rollback=True
)
reading = async_sessionmaker(engine.execution_options(isolation_level="AUTOCOMMIT"), expire_on_commit=False)
writing = async_sessionmaker(engine, expire_on_commit=False)


async def session() -> AsyncIterator[AsyncSession]:
    """A session that reads, for one request."""
    async with reading() as opened:
        yield opened
