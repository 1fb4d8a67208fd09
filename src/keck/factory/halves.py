"""An extension's constructor with an app as two pieces of code, made of facts: how it is made, and how it is bound."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from keck.factory.known import EVERY, KNOWN
from keck.facts.expr import Call, Expr, Star
from keck.rules._spelling import spelled


class Halves(NamedTuple):
    """A constructor taken apart.

    Attributes:
        made: the arguments with which the instance is made, as code; None where that is more than facts tell.
        bound: the arguments of ``init_app`` that follow the app, as code.
        early: the arguments of `made`.
        late: the arguments of `bound`.
    """

    made: tuple[str, ...] | None
    bound: tuple[str, ...]
    early: tuple[Expr, ...]
    late: tuple[Expr, ...]


def halves(cls: str, call: Call, app: Expr, is_local: Callable[[Expr], bool]) -> Halves | None:
    """Return a constructor taken apart, or None where it cannot be.

    Args:
        cls: the symbol of the class.
        call: of the class.
        app: the argument that is the app.
        is_local: whether an argument is known only where the app is.
    """
    known = KNOWN.get(cls)
    if (
        known is None
        or any(one.name is None for one in call.keywords)
        or any(isinstance(one, Star) for one in call.args)
    ):
        return None
    given: list[tuple[str, bool, Expr]] = []
    behind: int | None = None
    for one in call.args:
        if one is app:
            behind = 0
        elif behind is None:
            given.append(("", False, one))
        elif behind >= len(known.after):
            return None
        else:
            given.append((known.after[behind], behind == 0, one))
            behind += 1
    given += [(word.name or "", False, word.value) for word in call.keywords if word.value is not app]
    made: list[tuple[str | None, Expr]] = []
    bound: list[tuple[str, Expr]] = []
    for name, is_next, value in given:
        code = spelled(value)
        late = known.goes_late(name or "*") or (is_local(value) and (known.either == EVERY or name in known.either))
        if not late and not is_local(value):
            made.append((f"{name}={code}" if name and code else code, value))
        elif late and code is not None and (name or is_next):
            bound.append((code if is_next else f"{name}={code}", value))
        else:
            return None
    codes = [code for code, _ in made if code is not None]
    return Halves(
        tuple(codes) if len(codes) == len(made) else None,
        tuple(code for code, _ in bound),
        tuple(value for _, value in made),
        tuple(value for _, value in bound),
    )
