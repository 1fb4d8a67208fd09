"""Asking: whether a piece of a function's code looks at who asks, or says that they may not."""

from __future__ import annotations

import ast
import re
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from keck.live.references import Reference, References, called, dotted
from keck.live.spots import definition
from keck.live.syntax import CODES, calls, codes_in, is_text, outermost_names, strings

IDENTITY = frozenset(
    [
        "get_jwt_identity",
        "get_jwt",
        "get_jwt_header",
        "get_current_user",
        "current_user",
        "session",
        "decode_token",
        "request.authorization",
        "request.cookies",
        "login_fresh",
    ]
)
"""Names of `Route.reads` that stand for who asks."""
_SECRET = re.compile(r"auth|token|key|secret|session|user|signature|hmac|credential|client|identity|jwt", re.IGNORECASE)
_PERSON = re.compile(r"user|identity|role|auth|account|token|claims|permission|principal|tenant|session", re.IGNORECASE)
_DENIES = re.compile(
    r"unauthori[sz]ed|unauthenticated|forbid|denied|deny|permission|not_?allowed|not_?authenticated|auth_?error|"
    r"authenticat|authoriz|authoris|credential|(invalid|missing|expired|bad|no)_?token|token_?(error|invalid|missing|expired)|login_?required",
    re.IGNORECASE,
)
_KEY = re.compile(r"token|api_?key|secret|signature", re.IGNORECASE)
_TASTE = re.compile(r"lang|locale|theme|currency|country|timezone|cart|basket|consent", re.IGNORECASE)


@dataclass
class Asking:
    """Answers for the code of one function.

    Args:
        references: looks up names.
        function: whose code it is.
        depth: how many calls deep functions of the project are still followed.
        every_read: gives what a function refers to, and what those that it calls do.
        tainted: local variables that hold something of who asks.
    """

    references: References
    function: types.FunctionType
    depth: int
    every_read: Callable[[types.FunctionType], set[str]]
    tainted: set[str] = field(default_factory=set)

    def resolve(self, node: ast.expr) -> Reference:
        """Return what a name stands for."""
        return self.references.resolve(node, self.function)

    def looks(self, node: ast.AST) -> bool:
        """Return whether an expression depends on who asks."""
        return any(self._identity(one, node) for one in outermost_names(node))

    def _identity(self, name: ast.expr, node: ast.AST) -> bool:
        """Return whether a name in an expression stands for who asks."""
        if dotted(name).partition(".")[0] in self.tainted:
            return True
        found = self.resolve(name)
        if found.name == "session":
            keys = strings(node)
            return not keys or not all(_TASTE.search(one) for one in keys)
        if found.name in IDENTITY:
            return True
        if found.name == "request.headers":
            return any(_SECRET.search(one) for one in self._words(node))
        if found.name in {"request.args", "request.values"}:
            return any(_KEY.search(one) for one in self._words(node))
        if found.name == "g":
            return any(_PERSON.search(one) for one in (*found.rest[:1], *strings(node)))
        helper = called(found)
        if helper is None:
            return False
        reads = set(self.references.reads(helper))
        if reads & IDENTITY or "verify_jwt_in_request" in reads:
            return True
        return "request.headers" in reads and any(_SECRET.search(one) for one in strings(definition(helper.__code__)))

    def _words(self, node: ast.AST) -> Iterator[str]:
        """Yield the strings in an expression, written out or by a constant's name."""
        yield from strings(node)
        for one in outermost_names(node):
            value = self.resolve(one).value
            if isinstance(value, str):
                yield value
                yield dotted(one)

    def present(self, test: ast.expr) -> bool:
        """Return whether a test is true for everybody who is known, such as one of a page for logging in."""
        if isinstance(test, ast.Attribute):
            return test.attr == "is_authenticated"
        if isinstance(test, ast.Compare) and len(test.ops) == 1:
            return isinstance(test.ops[0], ast.In) and self.resolve(test.comparators[0]).name == "session"
        if isinstance(test, ast.Call):
            found = self.resolve(test.func)
            if found.name == "session":
                return True
            if isinstance(test.func, ast.Name) and test.func.id == "bool" and len(test.args) == 1:
                return self.present(test.args[0])
            return self._tells_presence(called(found))
        return isinstance(test, ast.Name) and self.resolve(test).name == "current_user"

    def _tells_presence(self, helper: types.FunctionType | None) -> bool:
        """Return whether a function of the project does nothing but tell whether somebody is known: ``authed()``."""
        node = definition(helper.__code__) if helper is not None and self.depth else None
        body = [] if node is None else [one for one in node.body if not is_text(one)]
        if helper is None or len(body) != 1 or not isinstance(body[0], ast.Return) or body[0].value is None:
            return False
        return Asking(self.references, helper, self.depth - 1, self.every_read).present(body[0].value)

    def asks_state(self, test: ast.expr) -> bool:
        """Return whether a test asks functions of the project that look at nothing of a request: ``importing()``."""
        while isinstance(test, ast.UnaryOp | ast.Compare):
            test = test.operand if isinstance(test, ast.UnaryOp) else test.left
        helper = called(self.resolve(test.func)) if isinstance(test, ast.Call) and not test.args else None
        if helper is None or definition(helper.__code__) is None:
            return False
        reads = self.every_read(helper)
        return bool(reads) and not any(
            one in IDENTITY or one == "g" or one.startswith(("request", "verify_")) for one in reads
        )

    def denies(self, node: ast.expr) -> bool:
        """Return whether an answer says that the caller is not allowed."""
        if any(codes_in(node)):
            return True
        for call in calls(node):
            text = dotted(call.func)
            if text and _DENIES.search(text.rpartition(".")[2]):
                return True
            helper = called(self.resolve(call.func))
            if helper is not None and CODES & set(helper.__code__.co_consts):
                return True
        return False

    def error_denies(self, node: ast.expr) -> bool:
        """Return whether an exception says that the caller is not allowed."""
        if any(codes_in(node)):
            return True
        function = node.func if isinstance(node, ast.Call) else node
        kind = self.resolve(function).value
        name = dotted(function).rpartition(".")[2]
        if isinstance(kind, type):
            for base in kind.__mro__:
                held = vars(base)
                codes = [held[each] for each in ("code", "status_code", "status") if isinstance(held.get(each), int)]
                if codes:
                    return codes[0] in CODES
            name = kind.__name__
        return bool(_DENIES.search(name))
