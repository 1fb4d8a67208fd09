"""Calls of methods that Flask-Mail's `Mail` does not have: its ``__getattr__`` answers None for them."""

from __future__ import annotations

from collections.abc import Iterator

from keck.facts.expr import Expr, Ref, before, terminal
from keck.project import Project
from keck.project.module import Module
from keck.project.things import Site

_METHODS = ("connect", "init_app", "init_mail", "record_messages", "send", "send_message")
_VALUES = {
    *("app", "state", "server", "username", "password", "port", "use_tls", "use_ssl"),
    *("default_sender", "debug", "max_emails", "suppress", "ascii_attachments"),
}


def missing(project: Project) -> Iterator[tuple[Module, Ref, str]]:
    """Yield the names, called outside tests, of methods that no `Mail` has, each with the nearest that it has, if any."""
    names = _names(project)
    for module in project.modules:
        for scope in () if module.is_test else module.scopes:
            for call in module.calls(scope):
                holder, last = before(call.func), terminal(call.func)
                if (
                    isinstance(call.func, Ref)
                    and holder is not None
                    and terminal(holder) in names
                    and not (last in _METHODS or last in _VALUES or last.startswith("_"))
                    and _is_mail(project, module, scope, holder)
                    and not _is_written(project, last)
                ):
                    yield module, call.func, _nearest(last)


def _names(project: Project) -> set[str]:
    """Return what the project calls its instances, imported under other names included."""
    names = {one.name for one in project.instances_of("mail")}
    return names | {
        one.alias for module in project.modules for one in module.facts.imports if one.name in names and one.alias
    }


def _is_mail(project: Project, module: Module, scope: str, holder: Expr) -> bool:
    """Whether a name certainly is an instance of Flask-Mail's own class."""
    return all(
        isinstance(one, Site) and one.kind == "mail" and one.cls.startswith("flask_mail.")
        for one in project.things(module, scope, holder)
    )


def _is_written(project: Project, name: str) -> bool:
    """Whether some statement writes an attribute of this name."""
    return any(
        isinstance(target, Ref) and target.name.endswith(f".{name}")
        for module in project.modules
        for step in module.facts.steps
        for target in step.targets
    )


def _nearest(name: str) -> str:
    from difflib import get_close_matches

    return next(iter(get_close_matches(name, _METHODS, 1)), "")
