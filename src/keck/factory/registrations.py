"""Decorators that register a function with the app, as the statements that do the same later."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import libcst as cst

VERBS = {"get": "GET", "post": "POST", "put": "PUT", "delete": "DELETE", "patch": "PATCH"}
HOOKS = frozenset({
    "before_request", "after_request", "teardown_request", "teardown_appcontext", "context_processor",
    "shell_context_processor", "url_value_preprocessor", "url_defaults", "before_first_request",
    "before_app_request", "before_serving", "after_serving",
})  # fmt: skip
ADDED = {"template_filter": "add_template_filter", "template_test": "add_template_test",
         "template_global": "add_template_global"}  # fmt: skip


@dataclass
class Definition:
    """A function whose registering decorators have been taken off.

    Attributes:
        node: the function with the decorators that stay.
        after: statements that follow it: names for what is registered, decorators that stood above.
        register: code of the statements that register it, in order.
        needs: what must be imported: ``click.command`` and such, as module and name.
    """

    node: cst.FunctionDef | cst.ClassDef
    after: list[str] = field(default_factory=list)
    register: list[str] = field(default_factory=list)
    needs: list[tuple[str, str]] = field(default_factory=list)


class Unregistrable(Exception):  # noqa: N818 - the caller refuses with it
    """A decorator whose effect is not known; `node` is it."""

    def __init__(self, node: cst.Decorator, why: str) -> None:
        super().__init__(why)
        self.node = node
        self.why = why


@dataclass(frozen=True)
class Registrar:
    """Reads decorators on an app.

    Attributes:
        app: what the app is called where things are registered.
        method: the name of the method of the app that a decorator's expression calls: ``route``, ``cli.command``;
            None where it is none of the app's.
        code: the code of a node, rewritten for where things are registered.
        free: a free name like another one.
        quote: the quotation mark that the page prefers.
    """

    app: str
    method: Callable[[cst.Decorator], str | None]
    code: Callable[[cst.CSTNode], str]
    free: Callable[[str], str]
    quote: str = '"'

    def taken(self, node: cst.FunctionDef | cst.ClassDef, *, rebound: bool) -> Definition:
        """Return a function without its registering decorators.

        Args:
            node: the definition.
            rebound: whether its name means something else later on.
        """
        methods = [self.method(one) for one in node.decorators]
        name = node.name.value
        found = Definition(node)
        kept: list[cst.Decorator] = []
        segment: list[tuple[cst.Decorator, str]] = []
        for decorator, method in reversed(list(zip(node.decorators, methods, strict=True))):
            if method in {"cli.command", "cli.group"}:
                if not isinstance(decorator.decorator, cst.Call):
                    raise Unregistrable(decorator, f"`@{self.app}.{method}` without parentheses registers nothing")
                if segment or found.after:
                    raise Unregistrable(decorator, "a command is registered on top of other registrations")
                kept = [*self._command(decorator, method, found), *kept]
                segment.append((decorator, method))
            elif method is not None:
                segment.append((decorator, method))
            elif segment or found.after:
                self._close(segment, name, found, aliased=True)
                segment = []
                found.after.append(f"{name} = {self.code(decorator.decorator)}({name})")
            else:
                kept.insert(0, decorator)
        self._close(segment, name, found, aliased=rebound)
        lead = [line for one in node.decorators if one not in kept for line in one.leading_lines]
        found.node = node.with_changes(
            decorators=kept,
            leading_lines=[*node.leading_lines, *lead],
            lines_after_decorators=node.lines_after_decorators if kept else (),
        )
        return found

    def _close(self, segment: list[tuple[cst.Decorator, str]], name: str, found: Definition, *, aliased: bool) -> None:
        """Register what a name means between two decorators that change it."""
        registered = name
        if segment and aliased:
            registered = self.free(f"{name}_view" if segment[0][1] in {"route", *VERBS} else f"{name}_registered")
            found.after.append(f"{registered} = {name}")
        found.register += [self._statement(decorator, method, registered) for decorator, method in segment]

    def _statement(self, decorator: cst.Decorator, method: str, name: str) -> str:
        expression = decorator.decorator
        call = expression if isinstance(expression, cst.Call) else None
        args = list(call.args) if call is not None else None
        if method in {"cli.command", "cli.group"}:
            return f"{self.app}.cli.add_command({name})"
        if method == "route" or method in VERBS:
            if call is None:
                raise Unregistrable(decorator, f"`@{self.app}.{method}` stands without its rule")
            return self._route(call, name, VERBS.get(method, ""))
        if args is None:
            return f"{self.app}.{ADDED.get(method, method)}({name})"
        if method in ADDED:
            return f"{self.app}.{ADDED[method]}({', '.join([name, *map(self._arg, args)])})"
        if method == "errorhandler" and len(args) == 1:
            return f"{self.app}.register_error_handler({self._arg(args[0])}, {name})"
        return f"{self.code(expression)}({name})"

    def _route(self, old: cst.Call, name: str, verb: str) -> str:
        args = list(old.args)
        first = [one for one in args if one.keyword is None and not one.star]
        rest = [one for one in args if one not in first]
        view = cst.Arg(cst.Name(name), keyword=cst.Name("view_func"), equal=_TIGHT)
        more = (
            [
                cst.Arg(
                    cst.parse_expression(f"[{self.quote}{verb}{self.quote}]"), keyword=cst.Name("methods"), equal=_TIGHT
                )
            ]
            if verb
            else []
        )
        if not first and rest and rest[0].keyword is not None and rest[0].keyword.value == "rule":
            first, rest = rest[:1], rest[1:]
        call = old.with_changes(
            func=cst.parse_expression(f"{self.app}.add_url_rule"), args=_laid_out([*first, view, *rest, *more], args)
        )
        return self.code(call)

    def _arg(self, arg: cst.Arg) -> str:
        return self.code(arg.with_changes(comma=cst.MaybeSentinel.DEFAULT)).strip()

    def _command(self, decorator: cst.Decorator, method: str, found: Definition) -> list[cst.Decorator]:
        """Return the decorators of click that do what the app's own does."""
        expression = decorator.decorator
        kind = method.partition(".")[2]
        args = [self._arg(one) for one in cst.ensure_type(expression, cst.Call).args]
        found.needs.append(("", "click"))
        made: list[cst.Decorator] = []
        if kind == "group" and not any(one.startswith("cls=") for one in args):
            args.append("cls=AppGroup")
            found.needs.append(("flask.cli", "AppGroup"))
        plain = [one for one in args if not one.startswith("with_appcontext=")]
        made.append(decorator.with_changes(decorator=cst.parse_expression(f"click.{kind}({', '.join(plain)})")))
        if kind == "command" and "with_appcontext=False" not in args:
            found.needs.append(("flask.cli", "with_appcontext"))
            made.append(cst.Decorator(cst.Name("with_appcontext")))
        return made


_TIGHT = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))


def _laid_out(args: list[cst.Arg], like: list[cst.Arg]) -> list[cst.Arg]:
    """Return arguments with the line breaks of those that they come from."""
    commas = [one.comma for one in like[:-1] if isinstance(one.comma, cst.Comma)]
    inner = next(filter(_breaks, commas), cst.Comma(whitespace_after=cst.SimpleWhitespace(" ")))
    last = like[-1].comma if like else cst.MaybeSentinel.DEFAULT
    end = last if isinstance(last, cst.Comma) and _breaks(last) else cst.MaybeSentinel.DEFAULT
    found = [
        one if one in like[:-1] else one.with_changes(comma=inner, whitespace_after_arg=cst.SimpleWhitespace(""))
        for one in args[:-1]
    ]
    closing = like[-1].whitespace_after_arg if like else cst.SimpleWhitespace("")
    return [*found, args[-1].with_changes(comma=end, whitespace_after_arg=closing)]


def _breaks(comma: cst.Comma) -> bool:
    return isinstance(comma.whitespace_after, cst.ParenthesizedWhitespace)
