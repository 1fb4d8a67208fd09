"""Refusals: what a hook or a decorator of the project demands of whoever asks, read off its source.

The code is walked as it runs for one route: conditions that can be decided are (see `conditions`), what
remains is told apart by whether it looks at an identity. ``if not current_user.is_admin: abort(403)`` is a
guard; one that stands behind ``if request.endpoint in PUBLIC: return`` is a guard of the other endpoints.
"""

from __future__ import annotations

import ast
import functools
import re
import types
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from keck.live.conditions import Conditions, Situation
from keck.live.references import Reference, References, called, dotted
from keck.live.spots import definition, is_library
from keck.live.wrappers import Table

_DEPTH = 5
_IDENTITY = frozenset(
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
_SECRET = re.compile(r"auth|token|key|secret|session|user|signature|hmac|credential|client|identity|jwt", re.IGNORECASE)
_PERSON = re.compile(r"user|identity|role|auth|account|token|claims|permission|principal|tenant|session", re.IGNORECASE)
_DENIES = re.compile(
    r"unauthori[sz]ed|unauthenticated|forbid|denied|deny|permission|not_?allowed|not_?authenticated|auth_?error|"
    r"authenticat|authoriz|authoris|credential|(invalid|missing|expired|bad|no)_?token|token_?(error|invalid|missing|expired)|login_?required",
    re.IGNORECASE,
)
_HIDING = frozenset({301, 302, 303, 307, 308, 400, 401, 403, 404, 407})
_KEY = re.compile(r"token|api_?key|secret|signature", re.IGNORECASE)
_TASTE = re.compile(r"lang|locale|theme|currency|country|timezone|cart|basket|consent", re.IGNORECASE)
_CODES = frozenset({401, 403})
_ARGUMENTS = ("optional", "fresh", "refresh", "locations", "verify_type", "skip_revocation_check")


@dataclass(frozen=True)
class Check:
    """One demand.

    Args:
        kind: as `Guard.kind`.
        how: as `Guard.how`.
        details: as `Guard.details`.
    """

    kind: str
    how: str
    details: dict[str, Any] = field(default_factory=dict)


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
        walk = _Walk(self, function, situation, inner, _DEPTH)
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
                walk = _Walk(self, function, situation, first, _DEPTH)
                walk.block(one.body)
                if walk.checks:
                    return tuple(walk.checks)
        return ()

    def every_read(self, function: types.FunctionType, depth: int = _DEPTH) -> set[str]:
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
        return (Check("own", "conditional"),) if "abort" in reads and reads & _IDENTITY else ()


@dataclass
class _Walk:
    reader: Reader
    function: types.FunctionType
    situation: Situation
    inner: str
    depth: int
    checks: list[Check] = field(default_factory=list)
    stack: list[bool | None] = field(default_factory=list)
    certain: bool = True
    optional: bool = False
    tainted: set[str] = field(default_factory=set)
    looked: bool = False
    local: dict[str, Any] = field(default_factory=dict)
    refused: bool = False
    passed: bool = False
    known_there: bool = False
    some_known: bool = False
    among_known: bool = False
    """Whether this is inside of what is for everybody who is known: nobody else is refused there."""
    by_state: bool = False
    """Whether this depends on the state of the app, such as an import that is running, and not on the request."""
    otherwise: int | None = None
    """How deep in `stack` the rest of a block stands that is for those whom an `if` before it did not let pass."""

    def __post_init__(self) -> None:
        self.conditions = Conditions(self.situation, self._resolve, self.local)

    def block(self, body: Iterable[ast.stmt]) -> bool:
        """Walk statements; return whether none is reached that would follow them."""
        otherwise = self.otherwise
        ended = any(self._statement(one) for one in body)
        self.otherwise = otherwise
        return ended

    def _statement(self, node: ast.stmt) -> bool:
        if isinstance(node, ast.If):
            return self._if(node)
        if isinstance(node, ast.Return):
            return self._return(node)
        if isinstance(node, ast.Raise):
            self._raise(node)
            return True
        if isinstance(node, ast.Try) or type(node).__name__ == "TryStar":
            return self._try(node)
        if isinstance(node, ast.With | ast.AsyncWith):
            ended = any(self._expression(one.context_expr) for one in node.items)
            return ended or self.block(node.body)
        if isinstance(node, ast.For | ast.AsyncFor | ast.While):
            head = node.test if isinstance(node, ast.While) else node.iter
            self._expression(head)
            self._branch(node.body, looks=True if self._looks(head) else None)
            return self.block(node.orelse)
        if isinstance(node, ast.Match):
            looks = self._looks(node.subject)
            for case in node.cases:
                self._branch(case.body, looks=looks)
            return False
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
            return self._assign(node)
        if isinstance(node, ast.Expr):
            return self._expression(node.value)
        return False

    def _if(self, node: ast.If) -> bool:
        self._expression(node.test)
        known = self._truth(node.test)
        if known is not None:
            return self.block(node.body if known else node.orelse)
        looks = self._looks(node.test)
        absent = looks and _absent(node.test)
        held = self.known_there, self.some_known, self.among_known
        held_state, self.by_state = self.by_state, self.by_state or (not looks and self._asks_state(node.test))
        self.among_known |= self.known_there
        self.known_there, self.some_known = looks and self._present(node.test), looks and self._is_somebody(node.test)
        ended, passing = self._branch(node.body, looks=looks)
        self.known_there, self.some_known, self.among_known = held
        self.by_state = held_state
        ended_else, passing_else = self._branch(node.orelse, looks=looks)
        if looks:
            self.optional |= (passing and absent) or (passing_else and not absent)
            if passing and not ended_else:
                self.otherwise = len(self.stack)
        elif passing or passing_else:
            self.certain = False
        return ended and ended_else

    def _branch(self, body: list[ast.stmt], *, looks: bool | None) -> tuple[bool, bool]:
        """Walk what may or may not run; return whether it leaves the function, and whether it lets pass then.

        Args:
            body: its statements.
            looks: whether that depends on who asks; None for a loop, which runs for anybody.
        """
        held = self.passed, self.refused, dict(self.local)
        self.passed = self.refused = False
        self.stack.append(looks)
        certain = self.certain
        ended = self.block(body)
        self.certain = certain if ended else self.certain
        self.stack.pop()
        passing = ended and self.passed and not self.refused
        self.passed, self.refused = held[:2]
        for name in [name for name, value in self.local.items() if held[2].get(name, self) is not value]:
            del self.local[name]
        return ended, passing

    def _return(self, node: ast.Return) -> bool:
        if node.value is None:
            self.passed = True
            return True
        if isinstance(node.value, ast.IfExp):
            body, orelse = ast.Return(node.value.body), ast.Return(node.value.orelse)
            return self._if(ast.If(node.value.test, [body], [orelse]))
        before = len(self.checks)
        if self._expression(node.value) and not self.passed:
            return True
        if self._calls_inner(node.value) or (isinstance(node.value, ast.Constant) and node.value.value is None):
            self.passed = True
        elif len(self.checks) == before and (self._denies(node.value) or self._answers_instead(node.value)):
            self._refuse()
        else:
            self.passed = True
        return True

    def _answers_instead(self, node: ast.expr) -> bool:
        """Return whether an answer is given in place of the view's because of who asks."""
        if not self._doubted or self._is_value or self.known_there:
            return False
        codes = {code for code in _numbers(node) if 300 <= code < 600}
        return not codes or bool(codes & _HIDING)

    def _present(self, test: ast.expr) -> bool:
        """Return whether a test is true for everybody who is known, such as one of a page for logging in."""
        if isinstance(test, ast.Attribute):
            return test.attr == "is_authenticated"
        if isinstance(test, ast.Compare) and len(test.ops) == 1:
            return isinstance(test.ops[0], ast.In) and self._resolve(test.comparators[0]).name == "session"
        if isinstance(test, ast.Call):
            found = self._resolve(test.func)
            if found.name == "session":
                return True
            if isinstance(test.func, ast.Name) and test.func.id == "bool" and len(test.args) == 1:
                return self._present(test.args[0])
            return self._tells_presence(called(found))
        return isinstance(test, ast.Name) and self._resolve(test).name == "current_user"

    def _tells_presence(self, helper: types.FunctionType | None) -> bool:
        """Return whether a function of the project does nothing but tell whether somebody is known: ``authed()``."""
        node = definition(helper.__code__) if helper is not None and self.depth else None
        body = [] if node is None else [one for one in node.body if not _is_text(one)]
        if helper is None or len(body) != 1 or not isinstance(body[0], ast.Return) or body[0].value is None:
            return False
        return _Walk(self.reader, helper, self.situation, "", self.depth - 1)._present(body[0].value)  # noqa: SLF001

    def _asks_state(self, test: ast.expr) -> bool:
        """Return whether a test asks functions of the project that look at nothing of a request: ``importing()``."""
        while isinstance(test, ast.UnaryOp | ast.Compare):
            test = test.operand if isinstance(test, ast.UnaryOp) else test.left
        helper = called(self._resolve(test.func)) if isinstance(test, ast.Call) and not test.args else None
        if helper is None or definition(helper.__code__) is None:
            return False
        reads = self.reader.every_read(helper)
        return bool(reads) and not any(
            one in _IDENTITY or one == "g" or one.startswith(("request", "verify_")) for one in reads
        )

    def _is_somebody(self, test: ast.expr) -> bool:
        """Return whether a test is true for some who are known and nobody else: ``session.get("user") == "eve"``."""
        if not isinstance(test, ast.Compare) or len(test.ops) != 1 or not isinstance(test.ops[0], ast.Eq | ast.In):
            return False
        right = self.conditions.tell(test.comparators[0])
        return bool(right) and self._looks(test.left)

    @property
    def _doubted(self) -> bool:
        """Whether the nearest condition that this depends on looks at who asks; a loop is none."""
        inside = self.stack[self.otherwise or 0 :]
        return next((one for one in reversed(inside) if one is not None), self.otherwise is not None)

    @property
    def _is_value(self) -> bool:
        """Whether this is a helper, whose return value is not an answer."""
        return self.depth < _DEPTH

    def _raise(self, node: ast.Raise) -> None:
        if node.exc is None:
            self._refuse() if self.looked else None
            return
        self._expression(node.exc)
        if self._error_denies(node.exc) or self._doubted:
            self._refuse()

    def _try(self, node: Any) -> bool:  # noqa: ANN401 - ast.Try, or ast.TryStar of newer Pythons
        before = len(self.checks)
        looked, self.looked = self.looked, False
        ended = self.block(node.body)
        inside, self.looked = self.looked, self.looked or looked
        swallows = False
        found = self.checks[before:]
        for handler in node.handlers:
            held = len(self.checks)
            refused, self.refused = self.refused, False
            leaves, _ = self._branch(handler.body, looks=inside)
            denies = leaves and (len(self.checks) > held or _raises(handler.body))
            self.refused = refused
            if found:
                del self.checks[held:]
            swallows |= not denies
        if found and swallows and node.handlers:
            self.checks[before:] = [Check(one.kind, _less(one.how), one.details) for one in found]
        ended = self.block(node.orelse) or (ended and all(_leaves(one.body) for one in node.handlers))
        return self.block(node.finalbody) or ended

    def _assign(self, node: ast.Assign | ast.AnnAssign | ast.AugAssign) -> bool:
        if node.value is None:
            return False
        ended = self._expression(node.value)
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        names = [one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name)]
        looks = self._looks(node.value)
        for name in names:
            self.local.pop(name, None)
            (self.tainted.add if looks else self.tainted.discard)(name)
        if len(names) == 1 and isinstance(node, ast.Assign) and isinstance(targets[0], ast.Name):
            self.conditions.keep(names[0], node.value)
        return ended

    def _expression(self, node: ast.expr) -> bool:
        """Walk the calls in an expression; return whether one of them never returns, or is the view."""
        ended = False
        for call in _calls(node):
            ended |= self._call(call)
        return ended

    def _call(self, call: ast.Call) -> bool:
        if self._is_inner(call):
            self.passed = True
            return True
        found = self._resolve(call.func)
        if found.name == "verify_jwt_in_request" and not found.rest:
            self._verify(call)
            return False
        if found.name == "abort" and not found.rest:
            self._abort(call)
            return True
        if self.inner and any(isinstance(one, ast.Name) and one.id == self.inner for one in call.args):
            self._decorates(call)
        helper = called(found)
        if helper is not None and self.depth:
            return self._helper(helper)
        return False

    def _helper(self, helper: types.FunctionType) -> bool:
        """Walk a function of the project that is called; return whether it never returns."""
        node = definition(helper.__code__)
        if node is None or helper is self.function:
            return False
        walk = _Walk(self.reader, helper, self.situation, "", self.depth - 1)
        walk.stack = list(self.stack)
        walk.certain = self.certain
        ended = walk.block(node.body)
        self.checks += [
            Check(one.kind, "optional" if self.optional and one.how == "required" else one.how, one.details)
            for one in walk.checks
        ]
        self.looked |= walk.looked or bool(_IDENTITY & set(self.reader.references.reads(helper)))
        return ended and bool(walk.checks) and not walk.passed

    def _verify(self, call: ast.Call) -> None:
        self.looked = True
        details: dict[str, Any] = {}
        names = [(one.arg or "", one.value) for one in call.keywords]
        for name, value in (*zip(_ARGUMENTS, call.args, strict=False), *names):
            details[name] = self.conditions.tell(value)
        how = jwt_how(details)
        if not self.certain or self.stack:
            how = "conditional"
        self.checks.append(Check("jwt", how, details))

    def _decorates(self, call: ast.Call) -> None:
        """Note a decorator of a library that is called with the view at each request."""
        function = call.func.func if isinstance(call.func, ast.Call) else call.func
        found = self._resolve(function).value
        code = found.__code__ if type(found) is types.FunctionType else None
        known = self.reader.table.decorators.get(code) if code is not None else None
        if known is not None and known.how:
            conditional = not self.certain or bool(self.stack)
            self.checks.append(Check(known.kind, "conditional" if conditional else known.how))

    def _abort(self, call: ast.Call) -> None:
        code = self._code(call.args[0]) if call.args else None
        odd = isinstance(code, int) and code not in _HIDING
        if code in _CODES or (self._doubted and not odd and not self.known_there):
            self._refuse()

    def _code(self, node: ast.expr) -> Any:  # noqa: ANN401 - any value
        found = self.conditions.tell(node)
        return next(iter(_codes_in(node)), None) if found is None else found

    def _refuse(self) -> None:
        self.refused = True
        if self.known_there:
            return
        outer = self.stack if self.otherwise == len(self.stack) else self.stack[:-1]
        conditional = not self.certain or False in outer or self.by_state
        how = (
            "conditional"
            if conditional
            else "optional"
            if self.optional or self.some_known or self.among_known
            else "required"
        )
        if not any(one.kind == "own" and one.how == "required" for one in self.checks):
            self.checks[:] = [one for one in self.checks if one.kind != "own" or how != "required"]
            if not any(one.kind == "own" for one in self.checks):
                self.checks.append(Check("own", how))

    def _denies(self, node: ast.expr) -> bool:
        """Return whether an answer says that the caller is not allowed."""
        if any(_codes_in(node)):
            return True
        for call in _calls(node):
            text = dotted(call.func)
            if text and _DENIES.search(text.rpartition(".")[2]):
                return True
            helper = called(self._resolve(call.func))
            if helper is not None and _CODES & set(helper.__code__.co_consts):
                return True
        return False

    def _error_denies(self, node: ast.expr) -> bool:
        if any(_codes_in(node)):
            return True
        function = node.func if isinstance(node, ast.Call) else node
        kind = self._resolve(function).value
        name = dotted(function).rpartition(".")[2]
        if isinstance(kind, type):
            for base in kind.__mro__:
                held = vars(base)
                codes = [held[each] for each in ("code", "status_code", "status") if isinstance(held.get(each), int)]
                if codes:
                    return codes[0] in _CODES
            name = kind.__name__
        return bool(_DENIES.search(name))

    def _looks(self, node: ast.AST) -> bool:
        """Return whether an expression depends on who asks."""
        names = _outermost_names(node)
        found = any(self._identity(one, node) for one in names)
        self.looked |= found
        return found

    def _identity(self, name: ast.expr, node: ast.AST) -> bool:
        """Return whether a name in an expression stands for who asks."""
        if dotted(name).partition(".")[0] in self.tainted:
            return True
        found = self._resolve(name)
        if found.name == "session":
            keys = _strings(node)
            return not keys or not all(_TASTE.search(one) for one in keys)
        if found.name in _IDENTITY:
            return True
        if found.name == "request.headers":
            return any(_SECRET.search(one) for one in self._words(node))
        if found.name in {"request.args", "request.values"}:
            return any(_KEY.search(one) for one in self._words(node))
        if found.name == "g":
            return any(_PERSON.search(one) for one in (*found.rest[:1], *_strings(node)))
        helper = called(found)
        if helper is None:
            return False
        reads = set(self.reader.references.reads(helper))
        if reads & _IDENTITY or "verify_jwt_in_request" in reads:
            return True
        return "request.headers" in reads and any(_SECRET.search(one) for one in _strings(definition(helper.__code__)))

    def _words(self, node: ast.AST) -> Iterator[str]:
        """Yield the strings in an expression, written out or by a constant's name."""
        yield from _strings(node)
        for one in _outermost_names(node):
            value = self._resolve(one).value
            if isinstance(value, str):
                yield value
                yield dotted(one)

    def _calls_inner(self, node: ast.expr) -> bool:
        return bool(self.inner) and any(self._is_inner(one) for one in _calls(node))

    def _is_inner(self, call: ast.Call) -> bool:
        if not self.inner:
            return False
        function = call.func
        while isinstance(function, ast.Call):
            if any(dotted(one) == self.inner for one in function.args):
                return True
            function = function.func
        text = dotted(function)
        return text in {self.inner, f"self.{self.inner}"}

    def _truth(self, node: ast.expr) -> bool | None:
        """Decide a condition; note it where the answer is another for another request."""
        self.situation.asked = False
        answer = self.conditions.truth(node)
        if self.situation.asked:
            then = replace(self.conditions, local=dict(self.local))
            self.reader.decided.append((lambda other: replace(then, situation=other).truth(node), answer))
        return answer

    def _resolve(self, node: ast.expr) -> Reference:
        return self.reader.references.resolve(node, self.function)


def jwt_how(details: dict[str, Any]) -> str:
    """Return how a token is demanded by the arguments of `jwt_required` or `verify_jwt_in_request`."""
    if details.get("optional"):
        return "optional"
    if details.get("fresh"):
        return "fresh"
    return "refresh" if details.get("refresh") else "required"


def _less(how: str) -> str:
    return how if how == "optional" else "conditional"


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _leaves(body: list[ast.stmt]) -> bool:
    return bool(body) and isinstance(body[-1], ast.Return | ast.Raise)


def _raises(body: list[ast.stmt]) -> bool:
    return bool(body) and isinstance(body[-1], ast.Raise)


@functools.lru_cache(maxsize=16384)
def _calls(node: ast.AST) -> tuple[ast.Call, ...]:
    """Return the calls in an expression, innermost first; those in lambdas do not run with it."""
    if isinstance(node, ast.Lambda):
        return ()
    found: list[ast.Call] = []
    for child in ast.iter_child_nodes(node):
        found += _calls(child)
    return (*found, node) if isinstance(node, ast.Call) else tuple(found)


@functools.lru_cache(maxsize=16384)
def _outermost_names(node: ast.AST) -> tuple[ast.expr, ...]:
    if isinstance(node, ast.Name | ast.Attribute) and dotted(node):
        return (node,)
    found: list[ast.expr] = []
    for child in ast.iter_child_nodes(node):
        found += _outermost_names(child)
    return tuple(found)


def _codes_in(node: ast.AST) -> Iterator[int]:
    for one in ast.walk(node):
        if isinstance(one, ast.Constant):
            if type(one.value) is int and one.value in _CODES:
                yield one.value
            elif isinstance(one.value, str) and one.value[:4] in {"401 ", "403 "}:
                yield int(one.value[:3])
        elif isinstance(one, ast.Attribute) and one.attr in {"UNAUTHORIZED", "FORBIDDEN"}:
            yield 401 if one.attr == "UNAUTHORIZED" else 403


def _numbers(node: ast.AST) -> set[int]:
    return {one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and type(one.value) is int}


@functools.lru_cache(maxsize=4096)
def _strings(node: ast.AST | None) -> tuple[str, ...]:
    if node is None:
        return ()
    return tuple(one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str))


def _absent(test: ast.expr) -> bool:
    """Return whether a test of an identity is true where there is none."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return not _absent(test.operand)
    if isinstance(test, ast.BoolOp):
        return any(_absent(one) for one in test.values)
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        how, right = test.ops[0], test.comparators[0]
        none = isinstance(right, ast.Constant) and not right.value
        if isinstance(how, ast.Is | ast.Eq):
            return none
        return isinstance(how, ast.NotIn | ast.NotEq) and not none
    return isinstance(test, ast.Attribute) and test.attr == "is_anonymous"
