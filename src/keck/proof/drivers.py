"""Drivers of database servers: whoever uses one past SQLAlchemy finds nobody, at once."""

# ruff: noqa: ANN401 - modules of drivers are what they are

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from keck.proof.gate import UNREACHED

_PLACES = {
    "psycopg2": ("connect", "_connect"),
    "psycopg": ("connect", "Connection.connect", "AsyncConnection.connect"),
    "MySQLdb": ("connect", "Connect", "Connection"),
    "pymysql": ("connect", "Connect", "Connection"),
    "mariadb": ("connect",),
    "mysql.connector": ("connect",),
    "asyncpg": ("connect", "create_pool"),
    "asyncmy": ("connect", "create_pool"),
    "pyodbc": ("connect",),
    "pymssql": ("connect",),
    "oracledb": ("connect", "create_pool"),
    "cx_Oracle": ("connect", "SessionPool"),
    "ibm_db": ("connect", "pconnect"),
    "snowflake.connector": ("connect",),
}


def changes() -> dict[str, Callable[[Any], None]]:
    """Return what is to be done to each driver when it has been imported."""
    return dict.fromkeys(_PLACES, _close)


def _close(module: Any) -> None:
    """Let every way to connect end as it does where no server is."""
    kind = vars(module).get("OperationalError", ConnectionRefusedError)

    def connect(*_: Any, **__: Any) -> NoReturn:
        raise kind(f"{UNREACHED} by {module.__name__}")

    for place in _PLACES[module.__name__]:
        *owner, name = place.split(".")
        held = vars(module).get(owner[0]) if owner else module
        if held is not None and name in vars(held):
            setattr(held, name, staticmethod(connect) if owner else connect)
