"""A view waits for the mail server.

What: `mail.send()` (or `send_message`, or `send` of `with mail.connect()`) runs while a request is being answered: in
a view, a request hook or an error handler, or in a function that one of them calls.
Why: Flask-Mail opens its connection without a timeout. A slow server keeps the worker and the user waiting, one that
hangs keeps them for ever, and an error of the server is a 500 after the work was done. In a loop `mail.send()` opens
a connection for each message.
Fix: hand it to a task queue, or to a thread that enters an app context (`with app.app_context(): mail.send(msg)`,
with the app itself and not `current_app`). For several messages use one connection:
`with mail.connect() as conn: conn.send(msg)`.
When to ignore it: the mail server is on the same machine and only queues, or few people use the view.
Evidence: against a server that accepts and never answers, the view is still blocked after three seconds; five
messages in a loop open five connections, through `mail.connect()` one (Flask-Mail 0.10.0; Flask-Mail #114, #140).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from keck.facts.expr import Attr, Call, Const, Index, Items, Ref, ref_at, terminal, text_of
from keck.finding import Finding, Level, Place
from keck.project import Project
from keck.project.module import Module
from keck.project.things import Named, Site
from keck.rule import Rule
from keck.rules._wording import called
from keck.rules._words import CHANGING_VIEWS
from keck.rules.mail._entries import Entry, entries
from keck.rules.mail._running import calls, running

rule = Rule(
    __name__,
    requires=("flask_mail", "flask.ext"),
    level=Level.note,
    needles=(
        "flask_mail",
        "Mail(",
        "mail(",
        "mail_",
        "_mail",
        "send",
        "notif",
        *CHANGING_VIEWS,
        '.delete("',
        ".delete('",
        '.get("/',
        ".get('/",
        "Thread",
        "submit(",
        "xecutor",
        "spawn(",
        "wraps",
        "huey",
        "_request",
        "errorhandler",
        "error_handler",
    ),
)

_METHODS = ("send", "send_message")


@rule.in_code
def check(project: Project) -> Iterator[Finding]:
    """Yield the places at which mail is sent while a request is being answered."""
    sends = _sends(project)
    if not sends:
        return
    found: dict[Place, _Found] = {}
    for entry in entries(project):
        for stop in running(project, entry):
            known = sends.get((stop.module.path, stop.scope), {})
            for here in calls(stop) if known else ():
                connected = known.get((here.call.line, here.call.column))
                if connected is not None:
                    one = found.setdefault(stop.module.place(here.call), _Found(stop.scope, here.call))
                    one.looped = one.looped or (here.looped and not connected)
                    one.views.setdefault(entry.symbol, entry)
    for place, one in found.items():
        yield _finding(place, one)


@dataclass
class _Found:
    """A call that sends; `scope` is where it stands, `views` are the views, hooks and handlers that wait, by symbol."""

    scope: str
    call: Call
    looped: bool = False
    views: dict[str, Entry] = field(default_factory=dict)


def _finding(place: Place, found: _Found) -> Finding:
    func = found.call.func
    spelt = func.name if isinstance(func, Ref) else f"mail.{terminal(func)}"
    views = list(found.views.values())
    kinds = {one.kind for one in views[1:]}
    kind = kinds.pop() if len(kinds) == 1 else "function"
    others = {1: "", 2: f" and another {kind}"}.get(len(views), f" and {len(views) - 1} other {kind}s")
    first = called(views[0].name)
    who = f"{first}{others} wait" if others else f"the {views[0].kind} {first} waits"
    inside = views[0].place.path == place.path and views[0].function.name == found.scope
    if found.looped:
        message = f"{who} while {called(spelt)} opens a connection for each message"
        instead = "send them in one `with mail.connect() as conn:`, and from a task queue or a thread"
    else:
        message = f"{who} in {called(spelt)} for the mail server, without a timeout"
        instead = "send it from a task queue, or from a thread that enters an app context"
    related = [] if inside else [(one.place, f"the {one.kind} {called(one.name)} gets there") for one in views[:3]]
    level = Level.warning if found.looped else Level.note
    return rule.finding(place, message, instead, level=level, symbol=found.scope, related=related)


def _sends(project: Project) -> dict[tuple[str, str], dict[tuple[int, int], bool]]:
    """Return the calls that send, by path and scope; the value tells whether they share a connection."""
    found: dict[tuple[str, str], dict[tuple[int, int], bool]] = {}
    for method in _METHODS:
        for module, scope, call in project.objects.calls_by_name.get(method, []):
            connected = None if module.is_test else _connected(project, module, scope, call)
            if connected is not None:
                found.setdefault((module.path, scope), {})[call.line, call.column] = connected
    return found


def _connected(project: Project, module: Module, scope: str, call: Call) -> bool | None:
    """Whether a call sends through a shared connection; None when it sends no mail of Flask-Mail."""
    match call.func:
        case Ref(name=name) if "." in name:
            holder = ref_at(call, name.rpartition(".")[0])
            if _is_mail(project, module, scope, holder):
                return False
            return True if _is_connection(project, module, scope, holder.name) else None
        case Attr(value=Index(value=Ref(name=name), index=Const() as key)):
            return False if name.endswith(".extensions") and text_of(key) == "mail" else None
        case _:
            return None


def _is_mail(project: Project, module: Module, scope: str, holder: Ref) -> bool:
    return any(isinstance(one, Site) and one.kind == "mail" for one in project.things(module, scope, holder))


def _is_connection(project: Project, module: Module, scope: str, name: str) -> bool:
    things = project.objects.of_symbol(project.resolve(module, scope, name))
    if any(isinstance(one, Site | Named) for one in things):
        return False
    for block in module.blocks(scope):
        if block.kind == "with" and isinstance(block.subject, Items) and isinstance(block.target, Items):
            named = any(isinstance(one, Ref) and one.name == name for one in block.target.items)
            if named and any(_connects(project, module, scope, one) for one in block.subject.items):
                return True
    return False


def _connects(project: Project, module: Module, scope: str, expr: object) -> bool:
    if not isinstance(expr, Call) or not isinstance(expr.func, Ref) or not expr.func.name.endswith(".connect"):
        return False
    name = expr.func.name.removesuffix(".connect")
    return _is_mail(project, module, scope, ref_at(expr, name))
