"""Refusals: what a hook or a decorator of the project demands of whoever asks, read off its source.

The code is walked as it runs for one route: conditions that can be decided are (see `conditions`), what
remains is told apart by whether it looks at an identity. ``if not current_user.is_admin: abort(403)`` is a
guard; one that stands behind ``if request.endpoint in PUBLIC: return`` is a guard of the other endpoints.
"""

from __future__ import annotations

import ast
import types
from collections.abc import Callable
from dataclasses import dataclass, field

from keck.live.asking import IDENTITY
from keck.live.check import Check
from keck.live.conditions import Situation
from keck.live.references import References
from keck.live.spots import definition, is_library
from keck.live.walk import DEPTH, Walk
from keck.live.wrappers import Table


@dataclass
class _Known:
    """What is known of a function: a tree of the conditions that depend on the request, with checks for leaves.

    Args:
        decide: answers this condition for a request; None in a leaf.
        branches: what follows from each answer.
        checks: of a leaf.
    """

    decide: Callable[[Situation], bool | None] | None = None
    branches: dict[bool | None, _Known] = field(default_factory=dict)
    checks: tuple[Check, ...] | None = None


@dataclass
class Reader:
    """Reads hooks and decorators for one app.

    Args:
        references: looks up names.
        table: the decorators of libraries.
    """

    references: References
    table: Table
    known: dict[tuple[types.FunctionType, str], _Known] = field(default_factory=dict)
    decided: list[tuple[Callable[[Situation], bool | None], bool | None]] = field(default_factory=list)

    def checks(
        self,
        function: types.FunctionType,
        situation: Situation,
        inner: str = "",
        parameters: tuple[str, str] = ("", ""),
    ) -> tuple[Check, ...]:
        """Return what a function demands before it lets a request pass.

        Args:
            function: a hook, or the wrapper that a decorator made.
            situation: the request that is thought of.
            inner: the variable that holds what a wrapper wraps; empty for a hook.
            parameters: as `Conditions.parameters`.
        """
        known: _Known | None = self.known.setdefault((function, inner), _Known())
        while known is not None and known.checks is None:
            known = known.branches.get(known.decide(situation)) if known.decide is not None else None
        if known is not None and known.checks is not None:
            return known.checks
        return self._learn(function, situation, inner, parameters)

    def _learn(
        self, function: types.FunctionType, situation: Situation, inner: str, parameters: tuple[str, str]
    ) -> tuple[Check, ...]:
        node = definition(function.__code__)
        if node is None:
            found = self._unread(function)
            self.known[function, inner] = _Known(checks=found)
            return found
        self.decided = []
        walk = Walk(self, function, situation, inner, DEPTH)
        walk.conditions.parameters = parameters
        walk.block(node.body)
        known = self.known[function, inner]
        for decide, answer in self.decided:
            known.decide = decide
            known = known.branches.setdefault(answer, _Known())
        known.checks = tuple(walk.checks)
        return known.checks

    def applied(self, function: types.FunctionType, situation: Situation) -> tuple[Check, ...]:
        """Return what the wrapper demands that a decorator would make: the function defined in it."""
        node = definition(function.__code__)
        if node is None:
            return ()
        first = next((one.arg for one in node.args.args if one.arg not in {"self", "cls"}), "")
        for one in ast.walk(node):
            if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef) and one is not node:
                walk = Walk(self, function, situation, first, DEPTH)
                walk.block(one.body)
                if walk.checks:
                    return tuple(walk.checks)
        return ()

    def every_read(self, function: types.FunctionType, depth: int = DEPTH) -> set[str]:
        """Return what a function refers to, and what the project's functions do that it calls by their names."""
        found = set(self.references.reads(function))
        for name in function.__code__.co_names if depth else ():
            inner = function.__globals__.get(name)
            if (
                type(inner) is types.FunctionType
                and inner is not function
                and not is_library(inner.__code__.co_filename)
            ):
                found |= self.every_read(inner, depth - 1)
        return found

    def _unread(self, function: types.FunctionType) -> tuple[Check, ...]:
        """Return what can be said of a function without source: that it checks something, by what it refers to."""
        reads = set(self.references.reads(function))
        if "verify_jwt_in_request" in reads:
            return (Check("jwt", "conditional"),)
        return (Check("own", "conditional"),) if "abort" in reads and reads & IDENTITY else ()
