"""An app context is pushed when the served app is imported or made, and never popped.

What:
    `app.app_context().push()` at module level of the app's module or of one that it imports, or in the
    factory itself: a habit since Flask-SQLAlchemy 3 asks for a context.

Why:
    Under Gunicorn's sync workers, which are its default, requests run in the thread that has imported
    the app, and Flask reuses the context that lies there: `g` and the session are never reset. The
    identity of the last caller is seen by the next one, who has no token; rows that were not committed
    leak; after one failed flush every request is answered 500 until the worker restarts. The
    development server uses another thread and shows nothing of it.

Fix:
    `with app.app_context():` around the statements that need it. `keck fix` writes it around all simple statements
    that follow in the module; unsafe where others import that, and not where definitions stand among them.

When to ignore it:
    In a worker, a shell or a script that serves no requests; such modules are passed over where their
    name, or what imports them, says so.

Evidence:
    Reproduced with real Gunicorn, with and without --preload: "/open after alice's request (no token
    sent): identity seen: alice". Public threads: pallets-eco/flask-security #727 (session hijacking
    under Gunicorn and uWSGI, not in development), alisaifee/flask-limiter #327, pallets/flask #5812.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from keck.edit import Enclose, Fix, Remove
from keck.facts.expr import Call, Expr, Other, Ref, before, terminal
from keck.finding import Finding, Level, Place
from keck.live.record import LiveApp
from keck.project import Project
from keck.project.module import Module
from keck.project.things import Site
from keck.rule import Rule, Skipped
from keck.rules.app._startup import reached

rule = Rule(
    __name__,
    level=Level.error,
    needles=("push", "Flask(", "create_app", "app_context"),
    good="No app context is left open at start",
)

_CONTEXTS = {"app_context", "test_request_context", "request_context"}
_PUSHES = {"push", "__enter__"}
_SERVED = re.compile(
    r"^(wsgi|asgi|app|autoapp|flask_app|application|main|run|server|serve|index|api|web|website|passenger_wsgi|__init__)$"
)
_SERVING = re.compile(rb"(?:gunicorn|uwsgi|waitress|FLASK_APP|hypercorn|gevent)([^\n]*)")
_ELSEWHERE = re.compile(
    r"celery|worker|task|job|cron|script|shell|manage|cli|command|seed|queue|rq|fixture|migrat|alembic|notebook|bench"
    r"|schedul|consumer|import|export|populate|init_?db|create_?db|setup",
    re.IGNORECASE,
)


@rule.in_code
def check(project: Project) -> Iterator[Finding]:
    """Yield the pushes that are executed when the served app is imported or made."""
    starts = {(path, "") for path in _served(project)}
    starts |= {(one.path, one.scope) for one in project.apps if one.scope and not _is_aside(project, one.module)}
    makers = {(one.path, one.scope) for one in project.apps if one.scope}
    for path, scope in sorted(reached(project, starts)):
        module = project.names.modules[path]
        for call in module.calls(scope):
            if module.is_test or module.under_main(call) or not _pushes(project, module, scope, call):
                continue
            if _popped(module, scope, call):
                continue
            when = f"{path} is imported" if not scope else f"`{scope}()` is called at start"
            if (path, scope) in makers:
                when = f"`{scope}()` makes the app"
            yield rule.finding(
                module.place(call),
                f"the app context pushed when {when} is never popped: requests of a sync worker share it",
                "put `with app.app_context():` around what needs it",
                symbol=f"{module.name}:{scope}",
                fix=_fix(project, module, scope, call),
            )


def _fix(project: Project, module: Module, scope: str, call: Call) -> Fix | None:
    """Return how a `with` stands around the statements that follow a push in its module, where these are simple ones.

    There is none where definitions stand among them, or the push is kept in a variable.
    """
    step = next((one for one in module.steps(scope) if one.kind == "do" and one.value is call and one.block < 0), None)
    holder = before(call.func)
    if scope or step is None or not (isinstance(holder, Call) and isinstance(holder.func, Ref) and not holder.args):
        return None
    later = [one for one in module.steps("") if one.line > step.end_line and not module.under_main(one)]
    blocks = [one for one in module.blocks("") if one.line > step.end_line and one.parent < 0]
    blocks = [one for one in blocks if not module.under_main(one)]
    defined = any(one.kind == "define" for one in later) or any(one.line > step.line for one in module.imports(""))
    ends = [*(one for one in later if one.block < 0), *blocks]
    if defined or not ends or terminal(call.func) != "push":
        return None
    first, last = min(ends, key=lambda one: one.line), max(ends, key=lambda one: one.end_line)
    whole = Place(module.path, first.line, first.column + 1, last.end_line, last.end_column + 1)
    used = [other for other, targets in project.imports.items() if module.path in targets and other != module.path]
    alone = all(project.names.modules[one].is_test for one in used)
    return Fix(
        "put `with` around what needs it",
        (Remove(module.place(step)), Enclose(whole, f"with {holder.func.name}():")),
        safe=alone,
        changes="" if alone else "leaves modules that import this one without a context",
    )


def _served(project: Project) -> set[str]:
    """Return the paths of the modules that a server executes when it imports an app."""
    starts = [one.module for one in project.apps if not _is_aside(project, one.module)]
    commands = _commands(project)
    routed = {one.module.path for one in project.routes}
    starts += [
        module
        for module in project.modules
        if not module.is_test
        and (_SERVED.match(_stem(module)) or module.path in routed or _deployed(commands, _stem(module)))
        and _obtains(project, module)
    ]
    return {path for module in starts for path in project.closure(module.path)}


def _stem(module: Module) -> str:
    return module.path.rpartition("/")[2].removesuffix(".py")


def _commands(project: Project) -> bytes:
    """Return what follows a server's name in a Procfile, a Dockerfile or the like, a line each: ``gunicorn shop:app``."""
    return b"\n".join(b"_" + one[1] for text in project.surroundings.texts.values() for one in _SERVING.finditer(text))


def _deployed(commands: bytes, stem: str) -> bool:
    """Whether one of the commands names a module as what is served."""
    name = stem.encode()
    return name in commands and re.search(rb"\b" + name + rb"(:|\.py\b|\b$)", commands, re.MULTILINE) is not None


def _obtains(project: Project, module: Module) -> bool:
    return any(
        isinstance(one, Site) and one.kind == "app"
        for call in module.calls("")
        if not module.under_main(call)
        for one in project.things(module, "", call)
    )


def _is_aside(project: Project, module: Module) -> bool:
    """Whether a module that makes an app is a worker or a script: by its name, when no other module imports it."""
    if not any(_ELSEWHERE.search(part) for part in module.path.removesuffix(".py").split("/")[-2:]):
        return False
    return not any(module.path in targets for path, targets in project.imports.items() if path != module.path)


def _pushes(project: Project, module: Module, scope: str, call: Call) -> bool:
    if terminal(call.func) not in _PUSHES:
        return False
    holder = before(call.func)
    if isinstance(holder, Ref):
        symbol = project.resolve(module, scope, holder)
        return any(_is_context(project, *where) for where in project.objects.written(symbol))
    return holder is not None and _is_context(project, module, scope, holder)


def _is_context(project: Project, module: Module, scope: str, expr: Expr) -> bool:
    """Whether an expression makes a context of an app."""
    if isinstance(expr, Other) and expr.kind == "namedexpr":
        expr = expr.parts[1]
    if not isinstance(expr, Call) or terminal(expr.func) not in _CONTEXTS:
        return False
    holder = before(expr.func)
    if holder is None:
        return False
    things = project.things(module, scope, holder)
    return not any(isinstance(one, Site) and one.kind != "app" for one in things)


def _popped(module: Module, scope: str, push: Call) -> bool:
    """Whether the scope pops what it has pushed: ``ctx.push()`` and later ``ctx.pop()``."""
    holder = before(push.func)
    ends = {f"{holder.name}.pop", f"{holder.name}.__exit__"} if isinstance(holder, Ref) else set()
    return any(isinstance(call.func, Ref) and call.func.name in ends for call in module.calls(scope))


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield a finding where an app context lies open once the app has been made.

    Raises:
        Skipped: the app is testing, where a fixture holds one.
    """
    if app.testing:
        raise Skipped("the app is testing, where a fixture may hold a context")
    if app.context_pushed:
        yield rule.live(
            app.spot,
            "an app context is open after the app has been made, and nothing pops it: requests of a sync worker share it",
            "put `with app.app_context():` around what needs it",
            symbol=app.name,
            tags=("context",),
        )
