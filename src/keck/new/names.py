"""The names of a service: that of the project as typed, and that of its package."""

from __future__ import annotations

import ast
import builtins
import keyword
import re
import sys
from pathlib import PurePosixPath
from typing import NamedTuple

from packaging.requirements import InvalidRequirement, Requirement

from keck.new.starter import Starter
from keck.new.words import PACKAGE
from keck.trouble import Trouble

LONGEST = 40
"""Characters; lines with a longer name in them would have to be broken anew."""

_PROJECT = re.compile(r"[A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9._-]*[A-Za-z0-9]")
_PACKAGE = re.compile(r"[a-z]|[a-z][a-z0-9_]*[a-z0-9]")
_ANOTHER = "choose another with --package"
_RESERVED = frozenset({"aux", "con", "nul", "prn", *(f"{one}{n}" for one in ("com", "lpt") for n in range(10))})
_STANDARD = sys.stdlib_module_names | {"annotationlib", "compression", "distutils", "imp", "test"}  # those of others
_MODULES = {  # where the module is not named as the distribution is
    "argon2-cffi": ("argon2",),
    "psycopg-binary": ("psycopg_binary",),
    "pyjwt": ("jwt",),
    "python-dotenv": ("dotenv",),
    "pyyaml": ("yaml",),
    "setuptools": ("setuptools", "pkg_resources"),
}
_INSTALLED = frozenset(  # what comes with what the service names, or stands beside its package
    """
    alembic amqp apispec attr attrs billiard blinker cachelib celery certifi cffi click dateutil dotenv flask
    flask_caching flask_cors flask_jwt_extended flask_limiter flask_mail flask_migrate flask_sqlalchemy granian greenlet
    gunicorn hypothesis instance itsdangerous jinja2 jwt keck kombu limits mako markupsafe marshmallow migrations mypy
    orjson packaging pip pluggy prompt_toolkit psycopg pydantic pydantic_settings pygments pytest redis requests
    requirements rich ruff schemathesis setuptools six sqlalchemy structlog tests typing_extensions tzdata tzlocal
    urllib3 vine webargs werkzeug wheel wrapt wsgi yaml
    """.split()  # noqa: SIM905 - one a line would fill the page
)


class Names(NamedTuple):
    """What a service is called."""

    project: str
    package: str


def names(project: str, package: str | None, starter: Starter) -> Names:
    """Return the names of a service.

    Args:
        project: as typed, such as ``my-shop``.
        package: as typed; made of `project` if None: ``my_shop``.
        starter: what the service will be written from, whose modules must not be shadowed.

    Raises:
        Trouble: a name cannot be used; says why and what to do.
    """
    if not _PROJECT.fullmatch(project):
        raise Trouble(
            f"`{project}` is no name for a project: use letters, digits and - _ . between them "
            "(the directory can be given after it)"
        )
    for name in (project, package or ""):
        if len(name) > LONGEST:
            raise Trouble(f"`{name}` has {len(name)} characters; take a name of {LONGEST} at most")
    made = re.sub(r"[-_.]+", "_", project).lower() if package is None else package
    if fault := _fault(made, starter):
        raise Trouble(f"{fault}; {_ANOTHER}")
    return Names(project, made)


def modules(starter: Starter) -> frozenset[str]:
    """Return the names of the modules that a service imports, installs, or has beside its package."""
    found = set(_INSTALLED)
    for path, file in starter.files.items():
        found.add(PurePosixPath(path.split("/")[0]).stem.lower())
        if path.endswith(".py"):
            found |= _imported(file.data)
        elif path.startswith("requirements"):
            found |= _required(file.data.decode())
    return frozenset(found - {PACKAGE, ""})


def _fault(name: str, starter: Starter) -> str:
    """Return why a package cannot have a name; empty where it can."""
    if keyword.iskeyword(name) or keyword.issoftkeyword(name):
        return f"`{name}` is a word of Python's own and no name for a package"
    if not _PACKAGE.fullmatch(name):
        return f"`{name}` is no name for a package, which begins with a letter and goes on with small letters, digits and _"
    if name in _STANDARD:
        return f"a package `{name}` would shadow the module of Python's standard library"
    if hasattr(builtins, name):
        return f"a package `{name}` would shadow what Python itself calls so"
    if name in modules(starter):
        return f"a package `{name}` would shadow the module of that name that the service uses"
    if name in _RESERVED:
        return f"Windows lets no directory be called `{name}`"
    return ""


def _imported(code: bytes) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            found |= {one.name.split(".")[0] for one in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add((node.module or "").split(".")[0])
    return found


def _required(text: str) -> set[str]:
    found: set[str] = set()
    for line in text.splitlines():
        try:
            name = Requirement(line.split(" #")[0].strip()).name.lower().replace("_", "-")
        except InvalidRequirement:
            continue
        found |= {name.replace("-", "_").replace(".", "_"), *_MODULES.get(name, ())}
    return found
