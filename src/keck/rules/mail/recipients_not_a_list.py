"""Recipients are given as one text, of which each letter becomes a recipient.

What:
    `Message(subject, "to@example.org")`, or a text as `recipients=`, `cc=` or `bcc=` of `Message()` and of
    `mail.send_message()`, or assigned to those attributes of a message.

Why:
    Flask-Mail takes what it is given for a list and goes through it: the server is asked to deliver to `t`,
    `o`, `@` and so on. It refuses, and `send()` raises SMTPRecipientsRefused; or it takes the letters for local
    names, and the mail is lost.

Fix:
    A list: `recipients=[user.email]`. `keck fix` writes the brackets, unless the text may hold several
    addresses; around a copy's that may be missing only where unsafe fixes are asked for.

When to ignore it:
    Never; where the value is a list after all, its annotation or its name misleads, and that is worth mending.

Evidence:
    Reproduced with Flask-Mail 0.10.0 and an SMTP server that writes down what it is told: `recipients="ab@c.d"`
    comes to `RCPT TO:<a>`, `<b>`, `<c>`, `<d>`, `<.>` and `<>`.
"""

from __future__ import annotations

from collections.abc import Iterator

from keck.edit import Edit, Fix, Replace, Wrap
from keck.facts.expr import Call, Expr, Ref
from keck.finding import Finding, Level
from keck.project import Project
from keck.project.module import Module
from keck.project.things import Site
from keck.rule import Rule
from keck.rules._wording import code
from keck.rules.mail._texts import Text, text

rule = Rule(
    __name__,
    requires=("flask_mail",),
    level=Level.error,
    needles=("flask_mail", "Message(", "recipients", "send_message"),
)

_LISTS = ("recipients", "cc", "bcc")
_POSITIONS = {"recipients": 1, "cc": 6, "bcc": 7}
"""Where the arguments stand in the signature of a message, its subject first."""


@rule.in_code
def check(project: Project) -> Iterator[Finding]:
    """Yield the places where a text is given for a list of addresses."""
    for module, scope, call in _messages(project):
        for name in _LISTS:
            given = call.argument(_POSITIONS[name], name)
            if given is not None:
                yield from _judged(project, module, scope, given, name)
    for module in project.modules:
        for step in module.facts.steps:
            for target in step.targets if step.kind == "assign" and not module.is_test else ():
                name = target.name.rpartition(".")[2] if isinstance(target, Ref) and "." in target.name else ""
                if name in _LISTS and step.value is not None and _is_message(project, module, step.scope, target):
                    yield from _judged(project, module, step.scope, step.value, name)


def _messages(project: Project) -> Iterator[tuple[Module, str, Call]]:
    yield from project.calls_to("flask_mail.Message", "flask_mail.message.Message")
    for module, scope, call, _ in project.method_calls("mail", "send_message"):
        yield module, scope, call


def _is_message(project: Project, module: Module, scope: str, target: Expr) -> bool:
    """Whether the attribute that is assigned is one of a message."""
    assert isinstance(target, Ref)  # noqa: S101 - it has been looked at
    holder = target.name.rpartition(".")[0]
    symbol = project.resolve(module, scope, holder)
    things = project.objects.of_symbol(symbol)
    return any(isinstance(one, Site) and one.cls == "flask_mail.Message" for one in things)


def _judged(project: Project, module: Module, scope: str, given: Expr, name: str) -> Iterator[Finding]:
    found = text(project, module, scope, given)
    if found is None:
        return
    yield rule.finding(
        module.place(given),
        f"`{name}` is given {found.what}, not a list: each of its letters becomes a recipient",
        "give a list: " + code(f"{name}=[...]"),
        symbol=f"{module.name}:{scope}:{name}",
        fix=_fix(module, given, name, found),
    )


def _fix(module: Module, given: Expr, name: str, found: Text) -> Fix | None:
    """Return how the text is put into a list; safe where nothing that worked before can fail: no copy is sent to nobody."""
    if found.many:
        return None
    place = module.place(given)
    edit: Edit = Wrap(place, "[", "]")
    if found.addresses:
        edit = Replace(place, f"[{', '.join(map(_quoted, found.addresses))}]")
    safe = found.certain or name == "recipients"
    return Fix("put it in a list", (edit,), safe=safe, changes="" if safe else "fails where there is no text")


def _quoted(text: str) -> str:
    return f'"{text}"'
