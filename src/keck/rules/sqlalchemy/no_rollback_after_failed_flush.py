"""A session goes on being used after a flush has failed, without a rollback.

What:
    `try: db.session.commit()` (or `flush()`), whose `except` neither calls `rollback()` nor leaves the
    function, and the same session is asked again: in the handler itself, after it, or in the next turn of the
    loop in which it stands.

Why:
    A flush that fails leaves the session in a transaction that is over. Whatever is asked of it next raises
    PendingRollbackError, "This Session's transaction has been rolled back due to a previous exception during
    flush", far from what went wrong: one bad row of an import makes all later ones fail.

Fix:
    `db.session.rollback()` as the first statement of the handler. `keck fix` writes it: by itself where only
    the database can have failed, and where unsafe fixes are asked for also where other errors end in the same
    handler, after which a rollback discards rows that are not to blame.

When to ignore it:
    Where something that is called in between rolls back and cannot be seen. A handler that answers the
    request with an error is fine without one, and is not reported: the session ends with the request.

Evidence:
    Reproduced with Flask-SQLAlchemy 3.1.1 and SQLAlchemy 2.1: PendingRollbackError on an unrelated query
    after a failed `flush()`, and after a failed `commit()`. Public thread: pallets-eco/flask-sqlalchemy #216.
"""

from __future__ import annotations

from collections.abc import Iterator

from keck.edit import Fix, Insert
from keck.facts.expr import Call, Expr, Ref, before, extent, terminal, walk
from keck.facts.record import Block, Step
from keck.finding import Finding, Level
from keck.project import Project
from keck.project.module import Module
from keck.project.things import Site
from keck.project.tries import catches_all, caught, handlers_of, leaves, steps_in
from keck.rule import Rule
from keck.rules._wording import code

rule = Rule(
    __name__,
    requires=("SQLAlchemy", "flask_sqlalchemy"),
    level=Level.warning,
    needles=("session.commit", "session.flush", "SQLAlchemy(", "rollback"),
)

_ENDS = frozenset({"rollback", "close", "remove", "begin", "begin_nested", "invalidate"})
"""Methods of a session after which it can be used again, or that see to it themselves."""

_ASKS = frozenset(
    {"commit", "flush", "execute", "scalars", "scalar", "get", "get_one", "refresh", "merge", "query", "connection"}
    | {"bulk_save_objects", "bulk_insert_mappings", "bulk_update_mappings"}
)
"""Methods of a session that send SQL, or begin what does."""


@rule.in_code
def check(project: Project) -> Iterator[Finding]:
    """Yield the handlers of failed flushes after which the session is used as it is."""
    told: set[tuple[str, int]] = set()
    for name in ("commit", "flush"):
        for module, scope, call in project.objects.calls_by_name.get(name, []):
            session = _session(project, module, scope, call)
            block = _try_around(module, scope, call) if session and not module.is_test else None
            if block is None or _sees_to_itself(module, block):
                continue
            for handler in _handlers(project, module, block):
                used = _used(project, module, handler, block, session)
                if used is None or (module.path, handler.line) in told:
                    continue
                told.add((module.path, handler.line))
                fix = _fix(project, module, handler, block, session)
                yield _finding(module, handler, call, (used, session), fix)


def _finding(module: Module, handler: Block, call: Call, used: tuple[Expr, str], fix: Fix | None) -> Finding:
    again, session = used
    rolled = f"{session}.rollback()"
    return rule.finding(
        module.head(handler),
        f"the handler does not roll back {code(session)} when `{terminal(call.func)}()` fails, and it is used again: that "
        "raises PendingRollbackError",
        f"call {code(rolled)} first in the handler",
        symbol=f"{module.name}:{handler.scope}",
        related=[(module.place(call), "this may fail"), (module.place(again), "this then fails as well")],
        fix=fix,
    )


def _fix(project: Project, module: Module, handler: Block, block: Block, session: str) -> Fix | None:
    """Return the rollback; safe where nothing but the database can have failed.

    There is none where the name of the session may not be bound in the handler, as it is imported in the `try`.
    """
    bound = project.names.scope(module, block.scope).get(session.partition(".")[0], [])
    if any(not isinstance(one, str) and one.line >= block.line for one in bound):
        return None
    rolled = f"{session}.rollback()"
    named = [one for one in caught(handler) if one is not None]
    of_database = all(project.resolve(module, handler.scope, one).startswith("sqlalchemy.") for one in named)
    safe = (bool(named) and of_database) or _only_writes(project, module, block, session)
    changes = "" if safe else "discards what the session holds whatever the error was"
    edit = Insert(module.place(handler), rolled, side="first")
    return Fix(f"roll back: {code(rolled)}", (edit,), safe=safe, changes=changes)


def _only_writes(project: Project, module: Module, block: Block, session: str) -> bool:
    """Whether a `try` does nothing but give the session rows and send them."""
    for step in steps_in(module, block):
        for part in walk(step.value) if step.value is not None else ():
            if isinstance(part, Call):
                func = part.func
                written = isinstance(func, Ref) and func.name.rpartition(".")[0] == session
                if not written and project.resolve(module, block.scope, func) not in project.models:
                    return False
    return True


def _session(project: Project, module: Module, scope: str, call: Call) -> str:
    """Return how the session is spelt on which a method is called, where it is that of an extension; else nothing."""
    func = call.func
    if not isinstance(func, Ref) or not func.name.rpartition(".")[0].endswith("session"):
        return ""
    session = func.name.rpartition(".")[0]
    symbol = project.resolve(module, scope, session)
    holder, _, last = symbol.rpartition(".")
    things = project.objects.of_symbol(holder) if last == "session" else ()
    return session if any(isinstance(one, Site) and one.kind == "sqlalchemy" for one in things) else ""


def _try_around(module: Module, scope: str, call: Call) -> Block | None:
    """Return the innermost `try` whose handlers an error of a call reaches."""
    step = next((one for one in module.steps(scope) if one.line <= call.line and call.end_line <= one.end_line), None)
    for block in module.around(step.block) if step is not None else ():
        if block.kind in {"except", "finally"}:
            return None
        if block.kind == "try":
            return block
    return None


def _sees_to_itself(module: Module, block: Block) -> bool:
    """Whether a transaction is used as a context in a `try` or around it: that rolls back by itself."""
    around = [block, *module.around(block.parent)]
    withs = [one for one in module.blocks(block.scope) if one.kind == "with" and _within(one, block)]
    for one in (*around, *withs):
        parts = getattr(one.subject, "items", ()) if one.kind == "with" else ()
        if any(terminal(each) in {"begin", "begin_nested"} for each in parts):
            return True
    return False


def _within(inner: Block, outer: Block) -> bool:
    return outer.line <= inner.line and inner.end_line <= outer.end_line


def _handlers(project: Project, module: Module, block: Block) -> Iterator[Block]:
    """Yield the handlers of a `try` that take errors of the database."""
    for one in handlers_of(module, block):
        symbols = [project.resolve(module, one.scope, each) for each in caught(one) if each is not None]
        general = catches_all(one) or any(each.endswith(".SQLAlchemyError") for each in symbols)
        if general or any(each.startswith("sqlalchemy.") for each in symbols):
            yield one
        if general:
            return


# what comes after the failure


def _used(project: Project, module: Module, handler: Block, block: Block, session: str) -> Expr | None:
    """Return the first use of the session after a handler; None where there is none, or something ends it before."""
    symbol = project.resolve(module, block.scope, session)
    for step in _course(module, handler, block):
        for part in walk(step.value) if step.value is not None and step.kind != "define" else ():
            what = _does(project, module, block.scope, part, symbol)
            if what:
                return part if what == "asks" else None
    return None


def _course(module: Module, handler: Block, block: Block) -> Iterator[Step]:
    """Yield the statements that come after a failure: the handler's, what follows, and the next turn of the loop."""
    yield from steps_in(module, handler)
    gone = leaves(module, handler)
    if gone is not None and gone.kind not in {"break", "continue"}:
        return
    yield from (step for one in _finally(module, block) for step in steps_in(module, one))
    loop = next((one for one in module.around(block.parent) if one.kind in {"for", "while"}), None)
    end = "" if gone is None else gone.kind
    if not end:
        rest, end = _rest(module, block, loop)
        yield from rest
    if loop is None or end in {"return", "raise", "do"}:
        return
    if end != "break":
        yield from steps_in(module, loop)
    yield from _rest(module, loop, None)[0]


def _finally(module: Module, block: Block) -> list[Block]:
    return [one for one in module.blocks(block.scope) if one.kind == "finally" and extent(one) == extent(block)]


def _rest(module: Module, block: Block, within: Block | None) -> tuple[list[Step], str]:
    """Return what follows a block, in another one or in its function, and the kind of statement with which that ends."""
    above = list(module.around(block.parent))
    found: list[Step] = []
    for step in module.steps(block.scope):
        around = [] if step.block < 0 else list(module.around(step.block))
        own = [one for one in around if all(one is not each for each in above)]
        if step.line <= block.end_line or any(one.line <= block.end_line or one.kind == "except" for one in own):
            continue
        if within is not None and all(one is not within for one in around):
            continue
        found.append(step)
        if not own and step.kind in {"return", "raise", "break", "continue"}:
            return found, step.kind
    return found, ""


def _does(project: Project, module: Module, scope: str, part: Expr, session: str) -> str:
    """Return ``asks`` or ``ends`` for what uses the session, or ends what has failed or may do so; else nothing."""
    if isinstance(part, Ref) and ".query" in part.name:
        return "asks" if project.resolve(module, scope, part.name.partition(".query")[0]) in project.models else ""
    if not isinstance(part, Call):
        return ""
    holder, method = before(part.func), terminal(part.func)
    if isinstance(holder, Ref) and project.resolve(module, scope, holder) == session:
        return "ends" if method in _ENDS else "asks" if method in _ASKS else ""
    if any(isinstance(one, Ref) and session.startswith(project.resolve(module, scope, one)) for one in part.args):
        return "ends"
    target = project.reach.target(module, scope, part)
    if target is not None:
        inner = (
            call for where, name, _ in project.reach.closure(target[0], target[1].name) for call in where.calls(name)
        )
        return "ends" if any(terminal(one.func) in _ENDS for one in inner) else ""
    return ""
