"""Whether this process serves, seen from inside of `create_app()`: who is calling, and which program runs."""

from __future__ import annotations

import sys
from types import FrameType, FunctionType, ModuleType

SERVERS = frozenset({"bjoern", "cheroot", "daphne", "gunicorn", "granian", "hypercorn", "uvicorn", "waitress"})
COMMANDS = frozenset({*SERVERS, "uwsgi", "mod_wsgi", "waitress-serve"})
"""Programs that serve."""

STARTERS = frozenset(
    {
        "eventlet.wsgi.server",
        "gevent.pywsgi.WSGIServer",
        "werkzeug.serving.make_server",
        "werkzeug.serving.run_simple",
        "wsgiref.simple_server.make_server",
    }
)
"""What starts a server in a library that has other things too, under the name of where it is defined."""

TESTS = frozenset({"_pytest", "pytest", "unittest", "nose2", "behave", "doctest"})
OTHERS = frozenset({"alembic", "celery", "code", "IPython", "ptpython", "bpython", "rq", "dramatiq", "huey"})
"""What loads an app and does not serve it: REPLs, workers, migrations."""


def serving() -> bool:
    """Whether a server is loading the app, or is about to get it; `hindered` goes first."""
    return (
        _flask_command() == "run"
        or "uwsgi" in sys.modules  # only its own interpreters have it
        or "process_group"
        in vars(sys.modules.get("mod_wsgi", sys))  # inside of Apache, not in the package of that name
        or bool(_callers() & SERVERS)
        or _program() in COMMANDS
        or _script_serves()
    )


def hindered() -> bool:
    """Whether something else than a server is at work: a suite, a REPL, another flask command, a worker."""
    return (
        hasattr(sys, "ps1")
        or bool(sys.flags.interactive)
        or _flask_command() not in {"", "run"}
        or bool(_callers() & OTHERS)
        or _program() in TESTS | OTHERS | {"py.test"}
        or any(_packages(frame) & TESTS for frame in sys._current_frames().values())  # noqa: SLF001 - of all threads
    )


def _callers() -> set[str]:
    """Return the top-level packages whose code is calling."""
    return _packages(sys._getframe(1))  # noqa: SLF001 - nothing else tells who calls


def _packages(frame: FrameType | None) -> set[str]:
    found: set[str] = set()
    while frame is not None:
        found.add(str(frame.f_globals.get("__name__")).partition(".")[0])
        frame = frame.f_back
    return found


def _program() -> str:
    """Return the name of the program: ``gunicorn`` for ``/srv/bin/gunicorn`` and for ``python -m gunicorn``."""
    parts = sys.argv[0].replace("\\", "/").split("/")
    name = parts[-2] if parts[-1] == "__main__.py" and len(parts) > 1 else parts[-1]
    return name.removesuffix(".exe").removesuffix(".py")


def _flask_command() -> str:
    """Return the flask command that is running, ``db`` for ``flask db upgrade``; empty if none is.

    While ``flask`` still looks for the command, in the app that it is loading, that is ``flask``: ``run`` it would know.
    """
    if "flask.cli" not in sys.modules:
        return ""
    import click
    from flask.cli import FlaskGroup, ScriptInfo

    context = current = click.get_current_context(silent=True)
    command = "flask"
    while context is not None:
        if isinstance(context.command, FlaskGroup):
            return command
        command = str(context.info_name)
        context = context.parent
    return command if current is not None and isinstance(current.obj, ScriptInfo) else ""


def _script_serves() -> bool:
    """Whether the script that runs names a server: ``from waitress import serve``, at its top or in a function."""
    script = sys.modules.get("__main__")
    if script is None or "__file__" not in vars(script):
        return False
    values = list(vars(script).values())
    functions = [one for one in values if type(one) is FunctionType and one.__module__ == "__main__"]
    imported = {name.partition(".")[0] for one in functions for name in one.__code__.co_names}
    return bool(imported & SERVERS) or any(_is_server(one) for one in values)


def _is_server(value: object) -> bool:
    """Whether a value is a server's module, or what starts a server."""
    if type(value) is ModuleType:
        return value.__name__ in SERVERS
    if not isinstance(value, (type, FunctionType)):
        return False
    home = str(value.__module__)
    return home.partition(".")[0] in SERVERS or f"{home}.{value.__name__}" in STARTERS
