"""Versions: which releases of Flask, the extensions and what they stand on are loaded."""

from __future__ import annotations

import sys
from importlib import metadata

DISTRIBUTIONS = {
    "flask": ("flask",),
    "werkzeug": ("werkzeug",),
    "jinja2": ("jinja2",),
    "click": ("click",),
    "flask_sqlalchemy": ("flask-sqlalchemy",),
    "sqlalchemy": ("sqlalchemy",),
    "flask_migrate": ("flask-migrate",),
    "alembic": ("alembic",),
    "flask_jwt_extended": ("flask-jwt-extended",),
    "jwt": ("pyjwt",),
    "flask_cors": ("flask-cors",),
    "flask_caching": ("flask-caching",),
    "cachelib": ("cachelib",),
    "flask_limiter": ("flask-limiter",),
    "limits": ("limits",),
    "flask_mail": ("flask-mail",),
    "redis": ("redis",),
    "psycopg": ("psycopg",),
    "psycopg2": ("psycopg2", "psycopg2-binary"),
    "pymysql": ("pymysql",),
    "MySQLdb": ("mysqlclient",),
    "flask_login": ("flask-login",),
    "flask_security": ("flask-security-too", "flask-security"),
    "flask_httpauth": ("flask-httpauth",),
    "flask_principal": ("flask-principal",),
    "flask_restful": ("flask-restful",),
    "flask_restx": ("flask-restx",),
    "flask_smorest": ("flask-smorest",),
    "apiflask": ("apiflask",),
    "flask_talisman": ("flask-talisman",),
    "flask_session": ("flask-session",),
    "flask_appbuilder": ("flask-appbuilder",),
    "flask_mailman": ("flask-mailman",),
    "flask_mailing": ("flask-mailing",),
    "flask_user": ("flask-user",),
    "flask_sendgrid": ("flask-sendgrid",),
    "flask_jwt": ("flask-jwt",),
    "flask_jwt_simple": ("flask-jwt-simple",),
    "flask_jwt_router": ("flask-jwt-router",),
    "flask_praetorian": ("flask-praetorian",),
    "flask_cache": ("flask-cache",),
    "flask_sqlalchemy_lite": ("flask-sqlalchemy-lite",),
    "alchemical": ("alchemical",),
    "gunicorn": ("gunicorn",),
    "celery": ("celery",),
}
"""The distributions that may hold a module, the likelier first."""


def versions() -> dict[str, str]:
    """Return the version of each distribution that is loaded and told of, by its name in lower case."""
    found = {}
    for module, names in DISTRIBUTIONS.items():
        if module in sys.modules:
            for name in names:
                version = _version(name)
                if version:
                    found[name] = version
                    break
    return found


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except Exception:  # noqa: BLE001 - not installed, or its metadata is broken: then it is not told
        return ""
