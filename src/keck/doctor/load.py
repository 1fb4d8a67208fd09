"""Loading the app as the `flask` command does, and saying in one sentence why that fails.

Stands on the standard library and the Flask of the project: it runs in the project's interpreter too.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import os
import re
import sys
import traceback
from difflib import get_close_matches
from importlib import metadata
from pathlib import Path
from types import CoroutineType, FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

from keck.doctor.trouble import cut, debugged, raised, spot
from keck.trouble import Trouble

if TYPE_CHECKING:
    from flask import Flask
    from flask.cli import ScriptInfo

OLDEST = (2, 2)
"""The first Flask that keeps its contexts where the reader looks for them."""
DEFAULTS = ("wsgi.py", "app.py")
"""Where Flask looks for an app that is not named."""
FACTORIES = ("create_app", "make_app")

_NAMED = re.compile(r":(?![\\/])")


def refuse_other_flasks(interpreter: str) -> None:
    """Raise where the app cannot be examined because of its Flask.

    Args:
        interpreter: the interpreter that the app runs in, as it is to be named.

    Raises:
        Trouble: Flask is not installed, broken, or too old.
    """
    try:
        version = metadata.version("flask")
    except metadata.PackageNotFoundError:
        raise Trouble(
            f"Flask is not installed for {interpreter}; name the interpreter that runs the app: --python PATH"
        ) from None
    numbers = tuple(int(one) for one in re.findall(r"\d+", version)[:2])
    if numbers < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        raise Trouble(
            f"the app runs on Flask {version}, and only apps on Flask {oldest} or later can be examined; "
            "`keck check` reads its code"
        )
    try:
        importlib.import_module("flask.cli")
    except Exception as error:
        raise raised(f"Flask {version} itself cannot be imported for {interpreter}", error) from error


def origin(name: str) -> str:
    """Return what has named an app that the command line does not name: FLASK_APP, or the file that sets it; or nothing."""
    if not name or os.environ.get("FLASK_APP") != name:
        return ""
    dotenv: Any = sys.modules.get("dotenv")
    for file in (".env", ".flaskenv") if dotenv is not None else ():
        path = dotenv.find_dotenv(file, usecwd=True)
        if path and dotenv.dotenv_values(path).get("FLASK_APP") == name:
            return file
    return "FLASK_APP"


def load(info: ScriptInfo, origin: str = "") -> Flask:
    """Return the app that a `flask` command with this information would get.

    Args:
        info: as Flask has made it.
        origin: where the name comes from, if not from the command line.

    Raises:
        Trouble: there is none; the sentence says why, and where in the project.
    """
    from flask.cli import NoAppException

    given = info.app_import_path or ""
    try:
        return info.load_app()
    except NoAppException as error:
        sentence, line, rest = str(_missing(given, error)).partition("\n")
        raise Trouble(sentence + (f"; `{given}` comes from {origin}" if origin else "") + line + rest) from error
    except SystemExit as error:
        raise debugged(_ended(given, error), error) from error
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise _failed(given, error) from error


def _ended(given: str, error: SystemExit) -> str:
    """Say that a module or factory ends the process, in its own words if it has some."""
    name, where = given or _split(given)[0], spot(error)
    if isinstance(error.code, str) and error.code.strip():
        return f"`{name}` ends while it is loaded ({where}): {cut(error.code)}"
    return f"`{name}` calls sys.exit() while it is loaded ({where}); keep what ends the process out of that"


def _failed(given: str, error: BaseException) -> Trouble:
    """Say what an exception ended: the import of a module, or the factory in it."""
    calls = {
        frame.f_code.co_name
        for frame, _ in traceback.walk_tb(error.__traceback__)
        if frame.f_globals.get("__name__") == "flask.cli"
    }
    if calls & {"find_best_app", "find_app_by_string"}:
        path, name = _split(given)
        factory = name or next((one for one in FACTORIES if hasattr(_module(path), one)), FACTORIES[0])
        return raised(f"the factory `{factory}` fails", error, _environment(error))
    if "locate_app" in calls:
        return raised(f"`{_split(given)[0]}` cannot be imported", error, _environment(error))
    return raised(f"{given or 'the app'} cannot be loaded", error)


def _environment(error: BaseException) -> str:
    """Return what is to be said of a variable that the environment lacks: its name, and what of ``.env``; else nothing."""
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    asked = isinstance(error, KeyError) and frames and frames[-1].f_code is type(os.environ).__getitem__.__code__
    if not asked:
        return ""
    lacks = f"; the environment lacks {error.args[0]}; "
    here = Path.cwd()
    if not any((one / ".env").is_file() for one in (here, *here.parents)):
        return lacks + "there is no .env here"
    try:
        metadata.version("python-dotenv")
    except metadata.PackageNotFoundError:
        return lacks + ".env is here, and python-dotenv is not installed"
    return lacks + ".env does not set it"


def _missing(given: str, error: Exception) -> Trouble:
    """Say why Flask has found no app."""
    path, name = _split(given)
    if not path:
        return Trouble(
            f"there is no {' and no '.join(DEFAULTS)} here to look for an app in; "
            "name it, as in --app shop or --app shop:create_app"
        )
    cause = error.__context__
    if isinstance(cause, ImportError) and cause.__traceback__ is not None and cause.__traceback__.tb_next is not None:
        return raised(f"`{path}` cannot be imported", cause)
    module = _module(path)
    if module is None:
        here = os.getcwd().replace(os.sep, "/")  # noqa: PTH109 - text is wanted
        kind = "file" if path.endswith(".py") else "module"
        return debugged(f"there is no {kind} `{path}` in {here}; name what holds the app, as in --app shop", error)
    if name is None:
        return debugged(_none_found(path, module, error), error)
    return debugged(_not_it(path, name, module, error), error)


def _none_found(path: str, module: ModuleType, error: Exception) -> str:
    """Say why a module has no app that needs no name."""
    from flask import Flask

    apps = [name for name, value in vars(module).items() if isinstance(value, Flask)]
    if apps:
        return f"`{path}` holds several apps: {', '.join(apps)}; name one of them: --app {path}:{apps[0]}"
    factory = next((one for one in FACTORIES if inspect.isfunction(vars(module).get(one))), None)
    if factory:
        return _unmade(path, factory, vars(module)[factory], None, error)
    return (
        f"`{path}` holds no Flask app and no `create_app()`; name what is the app or makes it, "
        f"as in --app {path}:build_app"
    )


def _not_it(path: str, name: str, module: ModuleType, error: Exception) -> str:
    """Say why what was named in a module is no app."""
    try:
        expression = ast.parse(name.strip(), mode="eval").body
    except SyntaxError:
        expression = None
    call = expression if isinstance(expression, ast.Call) else None
    named = call.func if call else expression
    if not isinstance(named, ast.Name):
        return f"`{name}` is neither a name nor a call of one; write it as in --app {path}:create_app"
    if not hasattr(module, named.id):
        near = get_close_matches(named.id, vars(module), 1, 0.7)
        return f"`{path}` has no `{named.id}`" + (
            f"; did you mean `{near[0]}`?" if near else "; look for its name there"
        )
    value = getattr(module, named.id)
    if inspect.isfunction(value):
        return _unmade(path, named.id, value, call, error)
    return f"`{named.id}` in `{path}` is of type `{type(value).__name__}`, not a Flask app; name the app itself"


def _unmade(path: str, name: str, factory: FunctionType, call: ast.Call | None, error: Exception) -> str:
    """Say why a factory has given no app."""
    if inspect.iscoroutinefunction(factory):
        _close(error)
        return f"`{name}` in `{path}` is async, and Flask does not await a factory; make it a plain function"
    example = f"--app '{path}:{name}(\"test\")'"
    try:
        arguments = [ast.literal_eval(one) for one in call.args] if call else []
        named = {one.arg: ast.literal_eval(one.value) for one in call.keywords if one.arg} if call else {}
    except ValueError:
        return f"the arguments of `{name}` must be literals, as in {example}"
    signature = inspect.signature(factory)
    try:
        signature.bind(*arguments, **named)
    except TypeError:
        return f"`{name}{signature}` in `{path}` cannot be called so; give the arguments that it needs, as in {example}"
    return f"`{name}` in `{path}` returns no Flask app; let it return the app that it makes"


def _close(error: Exception) -> None:
    """Close the coroutines that were made for nothing, so that Python does not warn of them."""
    for frame, _ in traceback.walk_tb(error.__traceback__):
        for value in list(frame.f_locals.values()):
            if isinstance(value, CoroutineType):
                value.close()


def _split(given: str) -> tuple[str, str | None]:
    """Return what names the module, or the file that Flask would look in, and what is named in it."""
    if not given:
        return next((one for one in DEFAULTS if os.path.exists(one)), ""), None  # noqa: PTH110 - names are text
    path, _, name = _NAMED.sub("\0", given, count=1).partition("\0")
    return path, name or None


def _module(path: str) -> ModuleType | None:
    from flask.cli import prepare_import

    return sys.modules.get(prepare_import(path))
