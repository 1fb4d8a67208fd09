"""Settings in which servers and platforms name the app in a way of their own, without a command."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from keck.factory.mention import Mention
from keck.factory.served import CALLABLE, FOLDER_OF_FILE
from keck.factory.target import Targets

SETTINGS = (
    # file, setting, the name that the platform takes where none is given
    (r"zappa_settings\.\w+", r"app_function[\"']?\s*[:=]\s*[\"']?(?P<module>[\w.]+)\.(?P<name>\w+)", ""),
    (r"serverless\.ya?ml", r"(?:app|handler)\s*:\s*[\"']?(?P<module>[\w./-]+)\.(?P<name>\w+)", ""),
    (r"app\.ya?ml", r"script\s*:\s*(?P<module>[\w.]+)\.(?P<name>\w+)", ""),
    (r"[^/]*\.config", r"WSGIPath[\"']?\s*[:=]\s*[\"']?(?P<module>[\w./-]+\.py)", "application"),
    (r"[^/]*\.(?:conf|vhost)", r"WSGIScriptAlias\s+\S+\s+[\"']?(?P<module>[\w./-]+\.(?:py|wsgi))", "application"),
    (r"vercel\.json|now\.json", r"[\"']/?(?P<module>(?:[\w.-]+/)*[\w-]+\.py)[\"']", "app"),
    (r"vercel\.json|now\.json", r"[\"']/?(?P<module>api/(?:[\w-]+/)*[\w-]+)[\"']", "app"),
    (
        r"[^/]*wsgi[^/]*\.(?:ini|ya?ml)",
        r"(?:module|wsgi|wsgi-file|file|mount)\s*[=:]\s*(?:/\S*=)?(?P<module>[\w./-]+)\s*$",
        "application",
    ),
    (
        r"(?:[^/]*\.)?(?:docker|container)file[^/]*|[^/]*\.env|\.env[^/]*|[^/]*\.ya?ml",
        r"(?<!\w)MODULE_NAME\s*[=: ]\s*[\"']?(?P<module>[\w.]+)",
        "app",
    ),
)
NAMED = re.compile(r"VARIABLE_NAME\s*[=: ]\s*[\"']?(?P<name>\w+)")
IMAGE = re.compile(r"(?m)^\s*FROM\s+\S*tiangolo/(?:uwsgi-nginx|meinheld-gunicorn|uvicorn-gunicorn)-\w+")
RUNTIME = re.compile(r"(?m)^runtime:\s*[\"']?python3")
ENTRYPOINT = re.compile(r"(?m)^entrypoint:")


def settings(text: str, path: str, targets: Targets) -> Iterator[Mention]:
    """Yield what the settings in a file name; without a setting, what its platform serves by convention."""
    file = path.rpartition("/")[2]
    whole = FOLDER_OF_FILE.search(text)
    folder = whole["folder"] if whole else ""
    named = CALLABLE.search(text) or NAMED.search(text)
    for pattern, setting, name in SETTINGS:
        if not re.fullmatch(pattern, file, re.IGNORECASE):
            continue
        for found in re.finditer(setting, text, re.MULTILINE):
            line = text.count("\n", 0, found.start("module")) + 1
            own = found.groupdict().get("name") or (named["name"] if named else name)
            for module in targets.modules(found["module"], path, folder):
                says = f"{found['module']}.{own}" if "name" in found.groupdict() else found["module"]
                yield Mention(path, line, says, "server", module, own)
    conventional = IMAGE.search(text)
    if file in {"app.yaml", "app.yml"} and not ENTRYPOINT.search(text):
        conventional = RUNTIME.search(text)
    if conventional:
        for module in targets.modules("main", path):
            yield Mention(
                path, text.count("\n", 0, conventional.end()) + 1, conventional[0].strip(), "server", module, "app"
            )


def gunicorn_app(text: str, path: str, targets: Targets) -> Iterator[Mention]:
    """Yield what ``wsgi_app = "app:app"`` in gunicorn's configuration, which is Python, names."""
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    values: dict[str, tuple[str, int]] = {}
    for one in body:
        if isinstance(one, ast.Assign) and isinstance(one.value, ast.Constant) and isinstance(one.value.value, str):
            for target in one.targets:
                if isinstance(target, ast.Name):
                    values[target.id] = (one.value.value, one.lineno)
    says, line = values.get("wsgi_app", ("", 0))
    what, _, name = says.partition(":")
    for module in targets.modules(what, path, values.get("chdir", ("", 0))[0]) if what else ():
        bare = name.partition("(")[0] or "application"
        yield Mention(path, line, says, "server", module, bare, "(" in name)
