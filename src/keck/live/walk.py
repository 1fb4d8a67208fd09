"""A walk: the code of a hook or a decorator, taken as it runs for one request."""

from __future__ import annotations

import ast
import types
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from keck.live.asking import IDENTITY, Asking
from keck.live.check import Check, jwt_how
from keck.live.conditions import Conditions, Situation
from keck.live.references import called, dotted
from keck.live.spots import definition
from keck.live.syntax import CODES, absent, calls, codes_in, leaves, numbers, raises

if TYPE_CHECKING:
    from keck.live.refusals import Reader

DEPTH = 5
"""How many calls deep functions of the project are followed."""

_HIDING = frozenset({301, 302, 303, 307, 308, 400, 401, 403, 404, 407})
_ARGUMENTS = ("optional", "fresh", "refresh", "locations", "verify_type", "skip_revocation_check")


@dataclass
class Walk:
    """Walks the code of one hook or decorator as it runs for one request, and notes what it demands.

    Args:
        reader: of the app.
        function: whose code it is.
        situation: the request that is thought of.
        inner: the variable that holds what a wrapper wraps; empty for a hook.
        depth: how many calls deep functions of the project are still followed.
    """

    reader: Reader
    function: types.FunctionType
    situation: Situation
    inner: str
    depth: int
    checks: list[Check] = field(default_factory=list)
    stack: list[bool | None] = field(default_factory=list)
    certain: bool = True
    optional: bool = False
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
        self.asking = Asking(self.reader.references, self.function, self.depth, self.reader.every_read)
        self.conditions = Conditions(self.situation, self.asking.resolve, self.local)

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
        missing = looks and absent(node.test)
        held = self.known_there, self.some_known, self.among_known
        held_state, self.by_state = self.by_state, self.by_state or (not looks and self.asking.asks_state(node.test))
        self.among_known |= self.known_there
        self.known_there, self.some_known = (
            looks and self.asking.present(node.test),
            looks and self._is_somebody(node.test),
        )
        ended, passing = self._branch(node.body, looks=looks)
        self.known_there, self.some_known, self.among_known = held
        self.by_state = held_state
        ended_else, passing_else = self._branch(node.orelse, looks=looks)
        if looks:
            self.optional |= (passing and missing) or (passing_else and not missing)
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
        elif len(self.checks) == before and (self.asking.denies(node.value) or self._answers_instead(node.value)):
            self._refuse()
        else:
            self.passed = True
        return True

    def _answers_instead(self, node: ast.expr) -> bool:
        """Return whether an answer is given in place of the view's because of who asks."""
        if not self._doubted or self._is_value or self.known_there:
            return False
        codes = {code for code in numbers(node) if 300 <= code < 600}
        return not codes or bool(codes & _HIDING)

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
        return self.depth < DEPTH

    def _raise(self, node: ast.Raise) -> None:
        if node.exc is None:
            self._refuse() if self.looked else None
            return
        self._expression(node.exc)
        if self.asking.error_denies(node.exc) or self._doubted:
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
            left, _ = self._branch(handler.body, looks=inside)
            denies = left and (len(self.checks) > held or raises(handler.body))
            self.refused = refused
            if found:
                del self.checks[held:]
            swallows |= not denies
        if found and swallows and node.handlers:
            self.checks[before:] = [Check(one.kind, _less(one.how), one.details) for one in found]
        ended = self.block(node.orelse) or (ended and all(leaves(one.body) for one in node.handlers))
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
            (self.asking.tainted.add if looks else self.asking.tainted.discard)(name)
        if len(names) == 1 and isinstance(node, ast.Assign) and isinstance(targets[0], ast.Name):
            self.conditions.keep(names[0], node.value)
        return ended

    def _expression(self, node: ast.expr) -> bool:
        """Walk the calls in an expression; return whether one of them never returns, or is the view."""
        ended = False
        for call in calls(node):
            ended |= self._call(call)
        return ended

    def _call(self, call: ast.Call) -> bool:
        if self._is_inner(call):
            self.passed = True
            return True
        found = self.asking.resolve(call.func)
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
        walk = Walk(self.reader, helper, self.situation, "", self.depth - 1)
        walk.stack = list(self.stack)
        walk.certain = self.certain
        ended = walk.block(node.body)
        self.checks += [
            Check(one.kind, "optional" if self.optional and one.how == "required" else one.how, one.details)
            for one in walk.checks
        ]
        self.looked |= walk.looked or bool(IDENTITY & set(self.reader.references.reads(helper)))
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
        found = self.asking.resolve(function).value
        code = found.__code__ if type(found) is types.FunctionType else None
        known = self.reader.table.decorators.get(code) if code is not None else None
        if known is not None and known.how:
            conditional = not self.certain or bool(self.stack)
            self.checks.append(Check(known.kind, "conditional" if conditional else known.how))

    def _abort(self, call: ast.Call) -> None:
        code = self._code(call.args[0]) if call.args else None
        odd = isinstance(code, int) and code not in _HIDING
        if code in CODES or (self._doubted and not odd and not self.known_there):
            self._refuse()

    def _code(self, node: ast.expr) -> Any:  # noqa: ANN401 - any value
        found = self.conditions.tell(node)
        return next(iter(codes_in(node)), None) if found is None else found

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

    def _looks(self, node: ast.AST) -> bool:
        """Return whether an expression depends on who asks; note that something did."""
        found = self.asking.looks(node)
        self.looked |= found
        return found

    def _calls_inner(self, node: ast.expr) -> bool:
        return bool(self.inner) and any(self._is_inner(one) for one in calls(node))

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


def _less(how: str) -> str:
    return how if how == "optional" else "conditional"
