"""Views grouped into blueprints: what `keck fix --factory --blueprints` does first.

The endpoints get other names by that, so everything that speaks of them is rewritten: it is not safe.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence

import msgspec

from keck.factory.draft import Draft, Unfit
from keck.factory.endpoints import Endpoints
from keck.factory.entries import importers
from keck.factory.jinja import retold
from keck.factory.known import KNOWN
from keck.factory.refusal import Refusal
from keck.factory.step import again
from keck.factory.views import View, group, views
from keck.facts.expr import Call, Ref
from keck.project import Project
from keck.project.module import Module

TEMPLATE = re.compile(r"(?i).*\.(?:html?|jinja2?|j2|xml|txt|svg)|(?:.*/)?templates/.*")
ASKING = re.compile(r"url_for\(|request\.(?:endpoint|blueprint)")
SPOKEN = re.compile(r"request\.blueprints?\b\s*(?:==|!=)\s*[\"'](\w+)[\"']")
INTENDS = ("rules/*", "app/blueprint *")


class Grouped(msgspec.Struct, frozen=True):
    """The texts of a project with blueprints.

    Attributes:
        files: the new text of each file that changes.
        names: the new name of each endpoint by its old one.
        says: what has been done, a clause for each blueprint.
    """

    files: dict[str, str]
    names: dict[str, str]
    says: tuple[str, ...]


def with_blueprints(
    project: Project, texts: Mapping[str, str], module: Module, app: str
) -> tuple[Project, dict[str, str], Grouped]:
    """Return a project whose views are in blueprints, with its texts: from there it is converted like any other.

    Raises:
        Refusal: an endpoint's name is computed somewhere, or asked for in a way that is not known.
    """
    found = grouped(project, texts, module, app)
    files = dict(texts) | found.files
    return again(project, files, [path for path in found.files if path.endswith(".py")]), files, found


def grouped(project: Project, texts: Mapping[str, str], module: Module, app: str) -> Grouped:
    """Return the texts in which the views of an app are grouped into blueprints.

    Args:
        project: the project.
        texts: its files by path.
        module: the module that makes the app at its top level.
        app: the name of the app in it.

    Raises:
        Refusal: see `with_blueprints`.
    """
    texts = _together(project, texts, module)
    drafts = _drafts(texts)
    own = [(drafts[module.path], app)]
    own += [
        (drafts[each.path], each.name)
        for each in importers(texts, module.path, app, ())
        if not each.is_test and each.scope == "module" and "." not in each.name and each.path in drafts
    ]
    found = [view for draft, name in own for view in views(draft, name, _instances(project, draft.path))]
    if not found:
        return Grouped({}, {}, ())
    group(found, module.path, _taken(project, texts))
    names: dict[str, str] = {}
    for one in found:
        for endpoint in one.endpoints:
            if names.setdefault(endpoint, f"{one.group}.{endpoint}") != f"{one.group}.{endpoint}":
                line = one.statement.lineno
                raise Refusal(one.draft.path, line, f"the endpoint `{endpoint}` belongs to views of two blueprints")
    groups = frozenset(one.group for one in found)
    for draft in drafts.values():
        Endpoints(draft, names, groups).retell()
    for draft, name in own:
        _register(draft, name, [one for one in found if one.draft is draft])
    files = {path: text for path, draft in drafts.items() if (text := draft.done()) != texts[path]}
    for path in sorted(texts):
        if TEMPLATE.fullmatch(path) and re.search(r"\{[{%]", texts[path]) and ASKING.search(texts[path]):
            text = retold(texts[path], path, names, groups)
            if text != texts[path]:
                files[path] = text
    return Grouped(files, names, tuple(_said(found)))


def _together(project: Project, texts: Mapping[str, str], module: Module) -> dict[str, str]:
    """Return the files that belong to an app: where a project has several, those of its folder.

    Raises:
        Refusal: another app is made in the same folder.
    """
    folders = {one.module.directory for one in project.apps if one.module is not module}
    if module.directory in folders:
        raise Refusal(module.path, 1, "another app is made in the same folder, whose endpoints cannot be told apart")
    own = f"{module.directory}/" if module.directory else ""
    inner = tuple(f"{one}/" for one in folders if one and f"{one}/".startswith(own))
    outer = own if folders else ""
    return {path: text for path, text in texts.items() if path.startswith(outer) and not path.startswith(inner)}


def _drafts(texts: Mapping[str, str]) -> dict[str, Draft]:
    found = {}
    for path in sorted(texts):
        if path.endswith(".py"):
            try:
                found[path] = Draft(path, texts[path])
            except Unfit as unfit:
                if "url_for" in texts[path] or "endpoint" in texts[path]:
                    raise Refusal(path, 1, unfit.why) from unfit
    return found


def _instances(project: Project, path: str) -> set[str]:
    """Return the names that a module gives to instances of extensions."""
    module = project.names.modules[path]
    return {
        target.name
        for one in module.steps("")
        if isinstance(one.value, Call) and project.resolve(module, "", one.value.func) in KNOWN
        for target in one.targets
        if isinstance(target, Ref)
    }


def _taken(project: Project, texts: Mapping[str, str]) -> set[str]:
    """Return the names that blueprints have, and those that the code asks for."""
    found = {"static"}
    for one in project.extensions.blueprints:
        name = one.call.argument(0, "name")
        value = getattr(name, "value", None)
        if isinstance(value, str):
            found.add(value)
    for text in texts.values():
        found |= set(SPOKEN.findall(text))
    return found


def _register(draft: Draft, app: str, found: Sequence[View]) -> None:
    """Make the blueprints of a module above its first view, register them below its last one."""
    if not found:
        return
    names = {node.id for node in ast.walk(draft.tree) if isinstance(node, ast.Name)}
    names |= {node.name for node in ast.walk(draft.tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    names |= {node.arg for node in ast.walk(draft.tree) if isinstance(node, ast.arg)}
    variables: dict[str, str] = {}
    for one in found:
        if one.group not in variables:
            name = f"{one.group}_bp"
            while name in names:
                name += "_"
            names.add(name)
            variables[one.group] = name
        for receiver in one.receivers:
            draft.replace(receiver, variables[one.group])
    lines = [f'{name} = Blueprint("{each}", __name__)' for each, name in variables.items()]
    first, last = found[0].statement, found[-1].statement
    blank = "\n\n" if isinstance(first, ast.FunctionDef | ast.AsyncFunctionDef) else "\n"
    draft.insert_above(first, "\n".join(lines) + blank)
    _import(draft)
    calls = "".join(f"{app}.register_blueprint({name})\n" for name in variables.values())
    at = draft.below(last)
    ending = "" if draft.text[:at].endswith("\n") else "\n"
    draft.insert(at, f"{ending}\n\n{calls}")


def _import(draft: Draft) -> None:
    """Have ``Blueprint`` imported from flask."""
    top = [one for one in draft.tree.body if isinstance(one, ast.Import | ast.ImportFrom)]
    for one in top:
        if isinstance(one, ast.ImportFrom) and one.module == "flask" and not one.level and one.names[0].name != "*":
            if all(alias.name != "Blueprint" or alias.asname for alias in one.names):
                draft.insert(draft.span(one.names[0])[0], "Blueprint, ")
            return
    draft.insert(draft.below(top[-1]), "from flask import Blueprint\n")


def _said(found: Sequence[View]) -> list[str]:
    counted: dict[tuple[str, str], int] = {}
    for one in found:
        counted[one.group, one.draft.path] = counted.get((one.group, one.draft.path), 0) + 1
    return [
        f"blueprint `{name}` of {path} has {count} view{'s' if count > 1 else ''}: their endpoints begin with `{name}.` now"
        for (name, path), count in counted.items()
    ]
