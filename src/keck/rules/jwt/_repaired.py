"""What makes numbers of identities again, once they are given to tokens as texts."""

from __future__ import annotations

from collections.abc import Iterator

from keck.edit import Edit, Fix, Wrap
from keck.facts.expr import Call, Const, Expr, Index, Ref, children, is_true, terminal
from keck.finding import Place
from keck.project import Project
from keck.project.module import Module
from keck.rules.jwt._identity import is_identity, no_text
from keck.rules.jwt._manager import PACKAGE, registers

CREATE = (f"{PACKAGE}.create_access_token", f"{PACKAGE}.create_refresh_token")
_IDENTITY = f"{PACKAGE}.get_jwt_identity"
_CLAIMS = {f"{PACKAGE}.get_jwt", f"{PACKAGE}.get_raw_jwt"}
_CASTS = {"?.int", "?.str"}
_TEXT_ALONE = "`get_jwt_identity()` returns a text from then on, where other code may count on a number"


def as_text(project: Project, identity: Place, said: str) -> Fix | None:
    """Return the fix that gives a number as a text, and makes numbers of the texts that come with requests.

    Args:
        project: in which all that reads the identity is looked for.
        identity: where the number is.
        said: what kind of number it is, as `keck.rules.jwt._identity.no_text` says it.
    """
    if not _is_number(said):
        return None
    given = Wrap(identity, "str(", ")")
    reading = _reading(project)
    if reading is None:
        return Fix("give a text: `str(...)`", (given,), safe=False, changes=_TEXT_ALONE)
    title = "give a text: `str(...)`" + (", and make a number of it where it is read" if reading else "")
    return Fix(title, (given, *reading))


def _is_number(said: str) -> bool:
    return said.endswith("an integer column") or said == "an integer" or said.removeprefix("the literal ").isdecimal()


def _are_numbers(project: Project) -> bool:
    """Whether every token is made for a number, for the text of one, or for the identity of another token."""
    if registers(project, "user_identity_loader"):
        return True  # what it returns has been looked at
    for module, scope, call in project.calls_to(*CREATE):
        given = call.argument(0, "identity")
        if given is None:
            return False
        bare = (
            given.args[0]
            if isinstance(given, Call) and len(given.args) == 1 and terminal(given.func) == "str"
            else given
        )
        if not is_identity(project, module, scope, given) and not _is_number(no_text(project, module, scope, bare)):
            return False
    return True


def _reading(project: Project) -> list[Edit] | None:
    """Return the edits that make a number of each identity that is read; None where not all of them can be told."""
    if not _are_numbers(project):
        return None
    edits: list[Edit] = []
    for module in project.modules:
        if module.is_test:
            continue
        for scope in module.scopes:
            for part, holder in _parts(module, scope):
                kind = _kind(project, module, scope, part)
                counted = isinstance(holder, Call) and holder.keyword("key_func") is part
                cast = isinstance(holder, Call) and project.resolve(module, scope, holder.func) in _CASTS
                if kind == "unknown" and not counted:
                    return None
                if kind == "identity" and not cast:
                    edits += _as_number(project, module, scope, part, holder)
    return edits


def _as_number(project: Project, module: Module, scope: str, part: Expr, holder: Expr | None) -> list[Edit]:
    """Return the edits for one place: none where a text is wanted, as another token is made of it."""
    if _creates(project, module, scope, holder):
        return []
    number = Wrap(module.place(part), "int(", ")")
    names = [
        target.name
        for step in module.steps(scope)
        if step.kind == "assign" and step.value is part
        for target in step.targets
        if isinstance(target, Ref)
    ]
    reads = [
        (inner, each, around)
        for inner in module.inside(scope)
        for each, around in _parts(module, inner)
        if isinstance(each, Ref) and each.name.partition(".")[0] in names and not _is_target(module, inner, each)
    ]
    renewing = [each for inner, each, around in reads if _creates(project, module, inner, around)]
    if renewing and len(renewing) == len(reads):
        return []
    return [number, *(Wrap(module.place(each), "str(", ")") for each in renewing)]


def _creates(project: Project, module: Module, scope: str, expr: Expr | None) -> bool:
    return isinstance(expr, Call) and project.resolve(module, scope, expr.func) in CREATE


def _is_target(module: Module, scope: str, ref: Ref) -> bool:
    return any(ref is target for step in module.steps(scope) for target in step.targets)


def _kind(project: Project, module: Module, scope: str, part: Expr) -> str:
    """Return whether an expression is the identity that came with a request, something of it that is not known, or neither."""
    match part:
        case Call(func=func) if terminal(func) in {"jwt_required", "verify_jwt_in_request"}:
            optional = part.argument(0, "optional")
            return "unknown" if part.open_ended or is_true(optional) else ""
        case Call(func=func):
            return "identity" if project.resolve(module, scope, func) == _IDENTITY else ""
        case Index(value=value, index=Const(value="sub")):
            return "identity" if _are_claims(project, module, scope, value) else "unknown"
        case Const(value="sub"):
            return "unknown"
        case Ref() if project.resolve(module, scope, part) == _IDENTITY:
            return "unknown"
        case Ref(name=name) if name.rpartition(".")[2] == "jwt_optional":
            return "unknown"
        case _:
            return ""


def _are_claims(project: Project, module: Module, scope: str, expr: Expr) -> bool:
    """Whether an expression is the claims of the token of a request: those that a loader is given, or asked for."""
    if isinstance(expr, Call):
        return project.resolve(module, scope, expr.func) in _CLAIMS
    function = module.functions.get(scope)
    if not isinstance(expr, Ref) or function is None:
        return False
    given = [one.name for one in function.params]
    loads = any(terminal(one).endswith("_loader") for one in function.decorators)
    return loads and len(given) == 2 and expr.name == given[1]


def _parts(module: Module, scope: str) -> Iterator[tuple[Expr, Expr | None]]:
    """Yield the parts of all expressions of a scope, its functions' decorators included, each with what holds it."""
    decorators = [one for each in module.facts.functions if each.scope == scope for one in each.decorators]
    for expr in (*module.expressions(scope), *decorators):
        yield from _below(expr, None)


def _below(expr: Expr, holder: Expr | None) -> Iterator[tuple[Expr, Expr | None]]:
    """Yield an expression and its parts; the name of what is called and the key of a subscript are told by what holds them."""
    yield expr, holder
    passed: Expr | None = None
    if isinstance(expr, Call) and isinstance(expr.func, Ref):
        passed = expr.func
    elif isinstance(expr, Index):
        passed = expr.index
    for part in children(expr):
        if part is not passed or not isinstance(part, Ref | Const):
            yield from _below(part, expr)
