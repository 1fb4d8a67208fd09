"""All modules that a conversion may touch, and what their names mean to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import libcst as cst

from keck.factory.known import KNOWN, Known
from keck.factory.page import Imported, Page, Statement
from keck.factory.refusal import Refusal
from keck.factory.uses import Use, dotted
from keck.project.module import Module
from keck.project.project import Project
from keck.project.things import APPS


@dataclass(frozen=True)
class AppUse:
    """A use of the app, or of something of it that has a name of its own.

    Attributes:
        use: the whole chain.
        node: the part of it that is to be replaced.
        suffix: what of the app it means: empty, or ``logger`` for ``log`` after ``log = app.logger``.
        statement: in which it stands.
    """

    use: Use
    node: cst.Name | cst.Attribute
    suffix: str
    statement: Statement

    @property
    def attribute(self) -> str:
        """The first attribute of the app that is used: ``config``; empty where the app itself is."""
        rest = self.use.dotted.split(".")[_length(self.node) :]
        return next(iter([*self.suffix.split("."), *rest] if self.suffix else rest), "")


def _length(node: cst.CSTNode) -> int:
    length = 1
    while isinstance(node, cst.Attribute):
        length += 1
        node = node.value
    return length


@dataclass
class World:
    """The pages of a conversion.

    Attributes:
        project: the project.
        texts: its files.
        home: the page that makes the app.
        statement: the statement that does.
        app: what the app is called there.
        call: the call that makes it.
        pages: by path; those that use a name of the home, in or through any module.
        tainted: symbols of names that are assigned inside a factory.
        needy: symbols of functions that need the app when they are called.
        instances: what is known of the extension instances, by symbol.
        kept: why ``app = create_app()`` stays in the home, empty where it does not.
    """

    project: Project
    texts: Mapping[str, str]
    home: Page
    statement: Statement
    app: str
    call: cst.Call
    pages: dict[str, Page] = field(default_factory=dict)
    tainted: set[str] = field(default_factory=set)
    needy: set[str] = field(default_factory=set)
    instances: dict[str, Known] = field(default_factory=dict)
    kept: str = ""

    @property
    def symbol(self) -> str:
        """The app's symbol."""
        return self.home.own(self.app)

    def app_uses(self, page: Page, statement: Statement) -> list[AppUse]:
        """Return the uses of the app in a statement."""
        found = []
        for use in statement.uses:
            if use.stored:
                continue
            for length in range(1, use.dotted.count(".") + 2):
                symbol = page.symbol(use, length)
                if symbol == self.symbol or symbol.startswith(f"{self.symbol}."):
                    found.append(AppUse(use, use.prefix(length), symbol[len(self.symbol) + 1 :], statement))
                    break
        return found

    def means_app(self, page: Page, one: Imported) -> bool:
        """Whether an import binds the app, or something of it."""
        symbol = self.imported(page, one)
        return symbol == self.symbol or symbol.startswith(f"{self.symbol}.")

    def imported(self, page: Page, one: Imported) -> str:
        """Return the symbol of what an import binds; empty for a star."""
        return "" if one.alias is None else self.project.names.bound_by(page.module, one.record)

    def class_of(self, page: Page, scope: str, call: cst.Call) -> str:
        """Return the symbol of the known class, itself or as a base, that a call calls; else what it calls."""
        text = dotted(call.func)
        symbol = self.project.names.resolve(page.module, scope, text) if text else ""
        lineage = self.project.objects.lineage(symbol) if symbol else ()
        return next((one for one in (symbol, *lineage) if one in KNOWN), symbol)


def survey(project: Project, texts: Mapping[str, str], module: Module) -> World:
    """Return the world of the app that a module makes at its top level.

    Raises:
        Refusal: where there is none, or more than one.
    """
    home = Page(project, module, texts[module.path])
    sites = [one for one in project.apps if one.module is module and not one.scope]
    if len(sites) != 1:
        others = [one for one in project.apps if one.module is module]
        line = sites[1].line if sites else others[0].line if others else 1
        why = "the module makes more than one app" if sites else "the module makes no app at its top level"
        raise Refusal(module.path, line, why)
    for one in home.statements:
        if one.assigned is not None and home.line(one.node) <= sites[0].line:
            name, call = one.assigned
            if (
                project.resolve(module, "", _func(call)) in APPS
                or project.objects.kind(project.resolve(module, "", _func(call))) == "app"
            ):
                world = World(project, texts, home, one, name, call)
                break
    else:
        raise Refusal(module.path, sites[0].line, "the app is not made by a plain assignment at the top level")
    if len(home.binders(world.app)) > 1:
        again = home.binders(world.app)[1]
        raise home.refuse(again.node, f"`{world.app}` is assigned again")
    world.pages[module.path] = home
    candidates = [one for one in project.modules if one is not module and not one.is_test and one.path in texts]
    for other in candidates:
        if _concerned(world, other):
            world.pages[other.path] = Page(project, other, texts[other.path])
    while True:
        made = {symbol for page in world.pages.values() for symbol in _made(world, page)}
        more = [one for one in candidates if one.path not in world.pages and _reads(world, one, made)]
        if not more:
            return world
        for other in more:
            world.pages[other.path] = Page(project, other, texts[other.path])


def _made(world: World, page: Page) -> set[str]:
    """Return the symbols of what a page makes with the app while it is imported."""
    return {
        page.own(name)
        for one in page.statements
        if not one.is_definition
        and not one.is_import
        and any(not each.use.is_deferred for each in world.app_uses(page, one))
        for name in one.binds
    }


def _reads(world: World, module: Module, symbols: set[str]) -> bool:
    """Whether a module imports one of some names."""
    names = world.project.names
    if any(names.bound_by(module, one) in symbols for one in module.facts.imports if one.name != "*"):
        return True
    stars = any(one.name == "*" for one in module.facts.imports)
    return stars and any(names.resolve(module, "", one.rpartition(":")[2]) == one for one in symbols)


def _func(call: cst.Call) -> str:
    return dotted(call.func)


def _concerned(world: World, module: Module) -> bool:
    prefix = f"{world.home.module.name}:"
    names = world.project.names
    stars = any(one.name == "*" for one in module.facts.imports)
    return any(
        world.home.module in names.executed(module, one) or names.bound_by(module, one).startswith(prefix)
        for one in module.facts.imports
    ) or (stars and names.resolve(module, "", world.app).startswith(world.symbol))
