"""What in a view, and in what it calls, tells of passwords, of tokens and of somebody who is logged in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from keck.facts.expr import Attr, Call, Const, Expr, Index, Op, Ref, Table, before, terminal, text_of, walk
from keck.facts.record import Step
from keck.project import Project
from keck.project.module import Module
from keck.project.routes import Route
from keck.project.things import Named, Site
from keck.project.values import Known

PASSWORD = re.compile(
    r"^(user_?|login_?|plain_?|raw_?|current_?|old_?|private_?)?(pass(word|wd|phrase|code)?|pwd|pw)$", re.IGNORECASE
)
_WORD = r"(pass(word|wd|code)?|pwd|pw)"
_CONFIRMS = re.compile(
    rf"^(confirm(ed|ation)?|repeat(ed)?|re_?type|re_?enter|verify|second|re)_?(your_?|new_?|the_?)?{_WORD}$"
    rf"|^{_WORD}_?(confirm(ed|ation)?|repeat(ed)?|again|retype|2|two|check)$",
    re.IGNORECASE,
)
_CHECKS = re.compile(
    r"^_?(is_?)?(check|verify|valid|compare|match|authenticate)(e?s|ed)?_?(user_?|plain_?|hash(ed)?_?)?"
    r"(pass(word|wd)?|pwd|pw)(_?(hash|is_?correct|valid))?$"
    r"|^checkpw$|^(pass(word|wd)?|pwd)_?(matches|is_?correct|is_?valid|verify|verified|check)$",
    re.IGNORECASE,
)
_SETS = re.compile(
    r"^_?((set|hash|change|update|generate|make|encrypt|reset|save)_?(new_?|user_?)?(pass(word|wd)?|pwd|pw)(_?hash)?|hashpw)$",
    re.IGNORECASE,
)
_LOGS_IN = {"login_user", "create_access_token", "create_refresh_token", "set_access_cookies", "generate_token"}
_MINTS = re.compile(
    r"^_?(create|generate|make|issue|encode|build|mint|sign|get|new)_?(\w+_)?(token|tokens|jwt)$", re.IGNORECASE
)
_ENCODES = {"jwt.encode", "jose.jwt.encode", "authlib.jose.jwt.encode"}
_IDENTITY = {
    *("user", "users", "usr", "uid", "userid", "username", "account", "member", "customer", "admin", "staff"),
    *("employee", "student", "teacher", "seller", "vendor", "role", "email", "jwt", "identity", "principal"),
    *("login", "logged", "loggedin", "auth", "authenticated", "authed", "authorized", "signedin"),
    *("usuario", "usuarios", "utilisateur", "benutzer", "nutzer", "utente", "gebruiker", "kullanici", "cliente"),
}
_TOKEN = re.compile(
    r"^((password_?|pass_?|pw_?)?(reset|recovery|verification|forgot)_?(token|code|key)|token)$", re.IGNORECASE
)
_ELSEWHERE = {"headers", "cookies", "session", "environ", "config", "g"}
_LIBRARIES = ("passlib.", "argon2.", "bcrypt.", "flask_bcrypt.", "werkzeug.security.", "pwdlib.")
_VERIFIES = {"verify", "verify_and_update", "verify_password"}


@dataclass
class Signs:
    """What a view and the functions that it calls show.

    Attributes:
        words: the names, texts and keywords of the view and of what it calls directly.
        calls: the last names of all that is called.
        checks, hashes: whether a password is checked; whether that is certainly a check against a stored one.
        sets: whether a password is stored.
        makes: whether an instance of a model is made.
        confirms: whether the password is asked for twice.
        logs_in, mints: whether somebody is logged in; whether a token is made that may be such a login.
        by_token: whether the request brings the token of a reset.
    """

    words: set[str] = field(default_factory=set)
    calls: set[str] = field(default_factory=set)
    checks: bool = False
    hashes: bool = False
    sets: bool = False
    makes: bool = False
    confirms: bool = False
    logs_in: bool = False
    mints: bool = False
    by_token: bool = False

    @property
    def takes(self) -> bool:
        """Whether a password is taken, by the names of fields and variables."""
        return any(PASSWORD.match(one) for one in self.words)


def signs(project: Project, route: Route) -> Signs:
    """Return what a view and what it calls, two calls deep, show."""
    found = Signs({param.name for param in route.function.params})
    for layer in route.layers:
        if layer.call is not None and layer.kind == "other":
            found.words |= {word for one in walk(layer.call) for word in _words(one)}
    for module, scope, path in project.reach.closure(route.module, route.function.name, 2):
        written = set()
        for step in module.steps(scope):
            written |= {id(target) for target in step.targets}
            _write(project, module, step, found)
        for expr in module.expressions(scope):
            for one in walk(expr):
                if len(path) < 2:
                    found.words |= set(_words(one))
                    found.by_token = found.by_token or (id(one) not in written and _asks_for_token(one))
                _read(project, module, scope, one, found)
    found.by_token = found.by_token or any("token" in param.name for param in route.function.params)
    found.confirms = found.confirms or any(_CONFIRMS.match(one) for one in found.words)
    return found


def _words(one: Expr) -> Iterator[str]:
    match one:
        case Const(value=str() as text) if len(text) < 30:
            yield text
        case Ref(name=name) | Attr(name=name):
            yield from name.split(".")
        case Call(keywords=keywords):
            yield from (word.name for word in keywords if word.name)


def _write(project: Project, module: Module, step: Step, found: Signs) -> None:
    value = "" if step.value is None else _last(step.value).lstrip(".")
    for target in step.targets:
        match target:
            case Index(value=holder, index=key) if project.resolve(module, step.scope, holder) == "flask.session":
                known = project.value(module, step.scope, key)
                text = known.value if isinstance(known, Known) else terminal(key)
                found.logs_in = found.logs_in or _is_identity(str(text))
                found.mints = found.mints or value in {"id", "pk", "uuid"}
            case Ref(name=name) if step.kind == "assign" and "." in name:
                last = name.rpartition(".")[2]
                found.sets = found.sets or re.match(r"(hashed_)?(password|passwd|pwd)(_hash)?$", last) is not None


def _is_identity(key: str) -> bool:
    """Whether a key of the session says who is logged in, or that somebody is: ``user_id``, ``loggedIn``, ``id``."""
    words = re.findall(r"[a-z]+", re.sub(r"([a-z])([A-Z])", r"\1 \2", key).lower())
    tokens = "token" in words and not {"csrf", "xsrf", "reset"} & set(words)
    return tokens or words == ["id"] or not _IDENTITY.isdisjoint(words)


def _asks_for_token(one: Expr) -> bool:
    """``request.json["token"]``, ``data.get("token")`` or ``form.token.data``."""
    match one:
        case Index(value=holder, index=key):
            return terminal(holder) not in _ELSEWHERE and _is_token(key)
        case Call(func=Ref(name=name), args=(key, *_)) if name.endswith(".get"):
            return name.split(".")[-2] not in _ELSEWHERE and _is_token(key)
        case Call(func=Attr(name="get"), args=(key, *_)):
            return _is_token(key)
        case Ref(name=name) if name.endswith(".data"):
            return _TOKEN.match(name.split(".")[-2]) is not None
        case _:
            return False


def _is_token(key: Expr) -> bool:
    text = text_of(key)
    return text is not None and _TOKEN.match(text) is not None


def _read(project: Project, module: Module, scope: str, one: Expr, found: Signs) -> None:
    match one:
        case Call(func=func):
            last = terminal(func)
            found.calls.add(last)
            symbol = project.resolve(module, scope, func)
            hashes = last in {"check_password_hash", "checkpw"} or (
                last in _VERIFIES and _is_of_library(project, module, scope, func)
            )
            found.hashes = found.hashes or hashes or (_CHECKS.match(last) is not None and "valid" not in last.lower())
            found.checks = found.checks or hashes or _CHECKS.match(last) is not None
            if last == "filter_by" and any(PASSWORD.match(word.name or "") for word in one.keywords):
                found.checks = found.hashes = True
            found.sets = found.sets or _SETS.match(last) is not None
            found.logs_in = found.logs_in or last in _LOGS_IN
            if symbol == "flask.session.update":
                found.logs_in = found.logs_in or any(_is_identity(key) for key in _keys(one))
            found.mints = found.mints or symbol in _ENCODES or _MINTS.match(last) is not None
            found.makes = found.makes or symbol in project.models
            found.confirms = found.confirms or any(_CONFIRMS.match(name) for name in _fields(project, symbol))
        case Op(kind="==" | "!=", parts=(left, right)):
            sides = [_last(left), _last(right)]
            attributes = [side for side in sides if side.startswith(".")]
            if attributes and all(PASSWORD.match(side.lstrip(".")) for side in sides) and not _is_form(left, right):
                found.checks = found.hashes = True


def _keys(call: Call) -> Iterator[str]:
    yield from (one.name for one in call.keywords if one.name)
    for one in call.args:
        if isinstance(one, Table):
            yield from (text for key, _ in one.pairs if (text := text_of(key)) is not None)


def _fields(project: Project, symbol: str) -> Iterable[str]:
    """Yield the names in the body of a class of the project, such as a form, and of its bases."""
    if ":" not in symbol or not _is_class(project, symbol):
        return
    for base in project.objects.lineage(symbol):
        if _is_class(project, base):
            head, _, name = base.partition(":")
            yield from project.names.scope(project.names.by_name[head], name)


def _is_class(project: Project, symbol: str) -> bool:
    head, _, name = symbol.partition(":")
    module = project.names.by_name.get(head)
    return module is not None and name in module.classes


def _last(expr: Expr) -> str:
    """Return the last word of what is compared, with a dot when it is an attribute."""
    if isinstance(expr, Index) and isinstance(expr.index, Const):
        return str(expr.index.value)
    if isinstance(expr, Call) and expr.args and isinstance(expr.args[0], Const):
        return str(expr.args[0].value)
    name = expr.name if isinstance(expr, Ref | Attr) else ""
    return f".{name.rpartition('.')[2]}" if "." in name else name


def _is_form(*sides: Expr) -> bool:
    return any(isinstance(one, Ref) and one.name.endswith(".data") for one in sides)


def _is_of_library(project: Project, module: Module, scope: str, func: Expr) -> bool:
    if isinstance(func, Attr):
        things = project.things(module, scope, func.value)
    elif isinstance(func, Ref):
        if project.resolve(module, scope, func).startswith(_LIBRARIES):
            return True
        holder = before(func)
        things = frozenset() if holder is None else project.things(module, scope, holder)
    else:
        return False
    made = [one.cls if isinstance(one, Site) else one.symbol for one in things if isinstance(one, Site | Named)]
    return any(one.startswith(_LIBRARIES) for one in made)
