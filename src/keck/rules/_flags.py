"""Texts of the environment that stand where something else is meant: a flag, or a number."""

from __future__ import annotations

from keck.edit import Edit, Fix, Replace, Wrap
from keck.facts.expr import Call, Const, Expr, Index, Ref, text_of
from keck.project import Project
from keck.project.config import Setting

_TRUE = '{"1", "true", "yes", "on"}'


def read_raw(project: Project, setting: Setting) -> tuple[str, Expr | None, bool] | None:
    """Return what a setting takes from the environment as it is: the variable, its fallback, and whether it must be set.

    None where it is not read there, or something is made of it.
    """
    expr, module, scope = setting.expr, setting.module, setting.scope
    if isinstance(expr, Index) and project.resolve(module, scope, expr.value) == "os.environ":
        name = text_of(expr.index)
        return None if name is None else (name, None, True)
    if isinstance(expr, Call) and project.resolve(module, scope, expr.func) in {"os.environ.get", "os.getenv"}:
        name = text_of(expr.argument(0, "key"))
        return None if name is None else (name, expr.argument(1, "default"), False)
    return None


def as_flag(project: Project, setting: Setting) -> Fix | None:
    """Return how a text becomes a truth value: what means yes is true, and nothing else."""
    raw = read_raw(project, setting)
    assert setting.expr is not None  # noqa: S101 - what has a value in the source is written there
    place = setting.module.place(setting.expr)
    title = "compare it with what means yes"
    edit: Edit
    if raw is None:
        text = text_of(setting.expr)
        if text is None:
            return None
        value = str(text.strip().lower() in {"1", "true", "yes", "on", "t", "y"})
        title, edit = f"write `{value}`", Replace(place, value)
    elif raw[2] or text_of(raw[1]) is not None:
        edit = Wrap(place, "", f".lower() in {_TRUE}")
    elif raw[1] is None or (isinstance(raw[1], Const) and not raw[1].value):
        func = setting.expr.func if isinstance(setting.expr, Call) else None
        spelt = func.name if isinstance(func, Ref) else "os.environ.get"
        edit = Replace(place, f'{spelt}("{raw[0]}", "").lower() in {_TRUE}')
    else:
        return None
    return Fix(title, (edit,), intends=(f"config/{setting.key}", "extensions/*", "cors/*"))


def as_number(project: Project, setting: Setting) -> Fix | None:
    """Return how a text becomes a whole number, where there is one for sure."""
    raw = read_raw(project, setting)
    assert setting.expr is not None  # noqa: S101 - what has a value in the source is written there
    place = setting.module.place(setting.expr)
    edit: Edit
    if raw is not None and (raw[2] or (text_of(raw[1]) or "").strip().isdigit()):
        edit = Wrap(place, "int(", ")")
    elif raw is None and (text_of(setting.expr) or "").strip().isdigit():
        edit = Replace(place, str(int(str(text_of(setting.expr)))))
    else:
        return None
    return Fix("make a number of it: `int()`", (edit,), intends=(f"config/{setting.key}",))
