"""Tables are made by `create_all()` although the project has migrations.

What:
    `db.create_all()` in application code beside Flask-Migrate: in the factory, at import, in a hook, in
    a command or a script.

Why:
    The tables stand before the first migration is made: autogenerate says "No changes detected" and
    writes an empty revision. On a fresh machine `flask db upgrade` fails with "table already exists",
    and a column that is added to a model never comes, since `create_all` only makes what is missing.

Fix:
    Delete the call and let `flask db upgrade` make the tables; tests may go on using `create_all`. `keck fix`
    deletes it where unsafe fixes are asked for.

When to ignore it:
    In a set-up command that stamps the revision afterwards, or for a demo on SQLite: there it is a note.

Evidence:
    Reproduced with Flask-Migrate 4.1.0: no revision is written, `upgrade` fails, the column is
    missing. Public threads: miguelgrinberg/Flask-Migrate #316 ("pick one") and #93,
    dpgaspar/Flask-AppBuilder #543.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from keck.edit import Fix, Remove
from keck.facts.expr import Call, Expr, Ref, ref_at, terminal, text_of, walk
from keck.finding import Finding, Level
from keck.live.record import LiveApp
from keck.project import Project
from keck.project.extensions import Instance
from keck.project.module import Module
from keck.project.things import Named, Site, Thing
from keck.project.timeline import blocks_of
from keck.project.tries import steps_in
from keck.rule import Rule
from keck.rules.app._startup import at_start
from keck.rules.migrate._answers import made_at, stands, subject, tags

rule = Rule(
    __name__,
    requires=("flask_migrate", "flask.ext"),
    level=Level.warning,
    needles=("create_all", "flask_migrate", "Migrate", "Flask(", "create_app", "init_app"),
    good="Migrations alone make the tables",
    needs=("migrations",),
)

_DEMO = re.compile(r"sqlite|demo|debug|develop|testing|memory", re.IGNORECASE)


@rule.in_code
def check(project: Project) -> Iterator[Finding]:
    """Yield the calls of create_all on a database that has migrations."""
    migrated = project.instances_of("migrate")
    if not migrated:
        return
    startup: set[tuple[str, str]] | None = None
    for module, scope, call in project.objects.calls_by_name.get("create_all", []):
        if module.is_test or _is_revision(module):
            continue
        migrate = next((one for one in migrated if _same_db(project, one, module, scope, call)), None)
        if migrate is None:
            continue
        startup = at_start(project) if startup is None else startup
        early = (module.path, scope) in startup and not module.under_main(call)
        excused = _stamped(module, scope, call) or _conditional(module, call) or _partial(call)
        where = f"`{scope}()`" if scope else module.path
        yield rule.finding(
            module.place(call),
            f"`create_all()` in {where} makes the tables that the migrations of `{migrate.name}` should make",
            "delete the call and run `flask db upgrade`, which makes them and keeps them up to date",
            level=Level.warning if early and not excused else Level.note,
            symbol=f"{module.name}:{scope}",
            related=[(migrate.place, "Flask-Migrate is set up here")],
            fix=None if excused or _drops(module, scope) else _fix(module, scope, call),
        )


def _fix(module: Module, scope: str, call: Call) -> Fix | None:
    """Return how the call goes, and with it what stands around nothing else; None where it is part of a statement."""
    step = next((one for one in module.steps(scope) if one.kind == "do" and one.value is call), None)
    if step is None:
        return None
    place = module.place(step)
    block = module.facts.blocks[step.block] if step.block >= 0 else None
    if block is not None and block.kind == "with" and len(getattr(block.subject, "items", ())) == 1:
        beside = [one for one in steps_in(module, block) if one is not step]
        others = [
            one for one in module.facts.imports if one.scope == scope and block.line <= one.line <= block.end_line
        ]
        nested = [one for one in module.blocks(scope) if one.parent == step.block]
        if not beside and not nested and not others and _is_context(block.subject):
            place = module.place(block)
    changes = "leaves the tables to `flask db upgrade`"
    return Fix("delete the call of `create_all()`", (Remove(place),), safe=False, changes=changes)


def _is_context(subject: Expr | None) -> bool:
    """Whether a `with` does nothing but push a context."""
    return any(terminal(one) == "app_context" for one in getattr(subject, "items", ()))


def _is_revision(module: Module) -> bool:
    return "/versions/" in f"/{module.path}" or module.path.endswith("/env.py")


def _same_db(project: Project, migrate: Instance, module: Module, scope: str, call: Call) -> bool:
    """Whether `create_all` is called on the database that Migrate is given, or on its metadata."""
    if not isinstance(call.func, Ref):
        return False
    parts = call.func.name.split(".")[:-1]
    found: set[Site] = set()
    for length in range(len(parts), 0, -1):
        holder = ref_at(call.func, ".".join(parts[:length]))
        found |= {
            one for one in project.things(module, scope, holder) if isinstance(one, Site) and one.kind == "sqlalchemy"
        }
    things: set[Thing] = set()
    for each, inner, made in [
        (migrate.module, migrate.scope, migrate.call),
        *((one.module, one.scope, one.call) for one in migrate.bindings),
    ]:
        value = made.argument(1, "db")
        if value is not None:
            things |= project.things(each, inner, value)
    given = {one for one in things if isinstance(one, Site)}
    if found:
        return bool(found & given) or not given
    return _same_metadata(project, project.resolve(module, scope, call.func), things)


def _same_metadata(project: Project, symbol: str, given: set[Thing]) -> bool:
    """Whether ``Base.metadata.create_all``, given by its symbol, makes what Migrate sees.

    Of a project without Flask-SQLAlchemy any declarative base counts, unless Migrate is given another one.
    """
    if not symbol.endswith(".metadata.create_all"):
        return False
    things = project.objects.of_symbol(symbol.removesuffix(".metadata.create_all"))
    mine, theirs = set(_bases(project, things)), set(_bases(project, given))
    if any(isinstance(one, Site) or ":" in one for one in mine & theirs):
        return True
    other = bool(project.instances_of("sqlalchemy")) or any(_declarative(project, one) for one in theirs)
    return not other and any(_declarative(project, one) for one in mine)


def _bases(project: Project, things: Iterable[Thing]) -> Iterator[Site | str]:
    """Yield what tells a metadata from others: the base classes, by symbol, and the calls that make them."""
    for one in things:
        if isinstance(one, Site):
            yield one
        elif isinstance(one, Named) and one.kind == "class":
            for symbol in project.objects.lineage(one.symbol):
                yield symbol
                yield from (each for each in project.objects.of_symbol(symbol) if isinstance(each, Site))


def _declarative(project: Project, base: Site | str) -> bool:
    if isinstance(base, Site):
        return terminal(base.call.func) in {"declarative_base", "automap_base"}
    head, _, name = base.partition(":")
    module = project.names.by_name.get(head)
    decorated = () if module is None or name not in module.classes else module.classes[name].decorators
    return base.startswith("sqlalchemy.orm.DeclarativeBase") or any(
        terminal(one) == "as_declarative" for one in decorated
    )


def _stamped(module: Module, scope: str, call: Call) -> bool:
    """Whether the scope stamps the revision afterwards."""
    return any(terminal(one.func).startswith("stamp") and one.line >= call.line for one in module.calls(scope))


def _drops(module: Module, scope: str) -> bool:
    """Whether the scope drops the tables as well: without the call it would leave a database with none."""
    return any(terminal(one.func) == "drop_all" for one in module.calls(scope))


def _conditional(module: Module, call: Call) -> bool:
    """Whether the call stands under a condition that speaks of SQLite, a demo or a test."""
    for block in blocks_of(module, call):
        if block.kind in {"if", "else"} and block.subject is not None:
            for part in walk(block.subject):
                text = part.name if isinstance(part, Ref) else text_of(part)
                if _DEMO.search(text or ""):
                    return True
    return False


def _partial(call: Call) -> bool:
    """Whether only some tables or one bind are made; an engine is no bind of Flask-SQLAlchemy's."""
    of_metadata = isinstance(call.func, Ref) and call.func.name.endswith("metadata.create_all")
    for one in call.keywords:
        engine = one.name == "bind" and (of_metadata or "engine" in terminal(one.value).lower())
        if one.name == "tables" or (
            one.name in {"bind", "bind_key"} and not engine and text_of(one.value) != "__all__"
        ):
            return True
    return False


# the live app


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield a finding where the tables stand and no migration has ever been run.

    Raises:
        Skipped: the app is testing, the database is in memory, or where it stands is not known.
    """
    db = app.serving("sqlalchemy")
    for answer in stands(app):
        facts = answer.facts
        never = bool(facts.get("heads")) and not facts.get("current") and "drift" in facts
        if never and not facts.get("missing_tables") and db is not None and db.facts.get("models"):
            yield rule.live(
                made_at(app),
                f"{subject(answer)} has the tables of the models, and no migration has ever been run: `create_all()` makes "
                "them, and `flask db upgrade` will fail",
                "delete the call of `create_all()`, and `flask db stamp head` the databases that it has made",
                symbol=answer.name,
                tags=tags(answer),
            )
