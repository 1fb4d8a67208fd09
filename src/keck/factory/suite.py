"""The tests of a project: they get the app from the factory, with what they set on its config in effect from the beginning."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from typing import Protocol

import msgspec

from keck.factory.cases import Cases
from keck.factory.draft import Unfit
from keck.factory.fixtures import Fixtures
from keck.factory.new_fixture import new_fixture
from keck.factory.overrides import call, merged, overrides
from keck.factory.taker import Taker, bound, takers
from keck.project.project import Project

PUSHED = re.compile(r"(?m)^[^#\n]*app_context\(\)\.push\(\)")


class Plan(Protocol):
    """What a conversion knows of the app and its factory."""

    @property
    def module(self) -> str:
        """The path of the module that has the app, and then the factory."""

    @property
    def app(self) -> str:
        """The name of the app object."""

    @property
    def factory(self) -> str:
        """The name of the factory."""


class Suite(msgspec.Struct, frozen=True):
    """What becomes of a project's tests.

    Attributes:
        files: the new text of each file that changes or is new.
        stays: whether the tests go on using the old name, so that it must stay.
        reason: why, as a clause: "`tests/test_app.py:9` uses the app while the module is imported".
    """

    files: dict[str, str]
    stays: bool = False
    reason: str = ""


def rewritten(project: Project, texts: Mapping[str, str], plan: Plan) -> dict[str, str]:  # noqa: ARG001 - agreed
    """Return the new texts of the tests that take the app; none where they go on using the old name."""
    return suite(texts, plan.module, plan.app, plan.factory).files


def suite(texts: Mapping[str, str], module: str, app: str, factory: str = "create_app") -> Suite:
    """Return what becomes of the tests: all of them are rewritten, or none, as they share the app.

    Args:
        texts: the project's files by path.
        module: the path of the module that has the app.
        app: the name of the app object.
        factory: the name of the factory.
    """
    try:
        users = _users(texts, module, app)
    except Unfit as found:
        return Suite({}, True, f"`{found.path}:{found.line}` {found.why}")
    if not users:
        return Suite({})
    pushed = PUSHED.search(texts[module])
    if pushed:
        line = texts[module].count("\n", 0, pushed.end()) + 1
        return Suite({}, True, f"`{module}:{line}` pushes a context in which the tests run")
    try:
        files = _all(texts, module, users, factory)
    except Unfit as found:
        if len(users) == 1:
            try:
                return Suite(_at_top(_users(texts, module, app)[0], factory))
            except Unfit:
                pass
        return Suite({}, True, f"`{found.path}:{found.line}` {found.why}")
    return Suite(files)


def _users(texts: Mapping[str, str], module: str, app: str) -> list[Taker]:
    return [one for one in takers(texts, module, app) if one.refs]


def _all(texts: Mapping[str, str], module: str, users: list[Taker], factory: str) -> dict[str, str]:
    """Return the tests with fixtures and ``setUp`` methods that call the factory."""
    settled = Cases(users, factory).rewrite()
    own = Fixtures(texts, users, factory)
    asking, top = own.rewrite(settled)
    files = {}
    if asking:
        new = new_fixture(texts, module, own, asking, top)
        files = dict([new]) if new else {}
    elif top:
        raise top[0][0].draft.unfit(top[0][1].statements[0], "sets the config of an app that is made elsewhere")
    return files | {one.path: one.settle(factory) for one in users}


def _at_top(taker: Taker, factory: str) -> dict[str, str]:
    """Return the only module of a suite with an app that it makes when it is imported, in the place of the imported one.

    What its fixtures and ``setUp`` methods set on the config is set there too, where it is the same for all.
    """
    draft = taker.draft
    body = draft.tree.body
    if {one.function for one in taker.taken} != {None} or len(taker.names) != 1 or "." in min(taker.names):
        raise draft.unfit(body[0], "takes the app in several ways")
    (name,) = taker.names
    found = overrides(draft, body, taker.is_app)
    entries = list(found.entries)
    functions = dict.fromkeys(one.function for one in taker.refs if one.function is not None)
    for function in functions:
        inner = overrides(draft, function.body, taker.is_app)
        if function.name.startswith("test") or inner.names & (bound(function) | taker.rebound):
            continue
        values = {one.key: one.value for one in entries}
        if inner.statements and all(values.get(one.key, one.value) == one.value for one in inner.entries):
            entries += inner.entries
            for one in inner.statements:
                draft.remove(one)
    first = next(one for one in body if any(taker.is_app(each) for each in ast.walk(one)))
    imports = [one for one in body if isinstance(one, ast.Import | ast.ImportFrom) and one.lineno < first.lineno]
    made = f"{name} = {call(taker.maker(factory, None), merged(iter(entries)))}"
    if found.statements:
        for one in found.statements[:-1]:
            draft.remove(one)
        draft.replace(found.statements[-1], made)
    else:
        draft.insert(draft.span(imports[-1])[1], f"\n\n{made}")
    return {taker.path: taker.settle(factory)}
