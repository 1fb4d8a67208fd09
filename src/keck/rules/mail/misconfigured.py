"""The settings of Flask-Mail contradict each other or lack one, or a method is called that it does not have.

What: `MAIL_USE_SSL` on a port that speaks STARTTLS (587), `MAIL_USE_TLS` on one that speaks TLS from the first byte
(465), both at once, or `MAIL_USE_SSL` without a port; a text such as `"False"` as a flag, which counts as true;
`MAIL_USERNAME` without `MAIL_PASSWORD` or without `MAIL_SERVER`; a message without a sender where there is no
`MAIL_DEFAULT_SENDER`; `MAIL_DEBUG = True` outside development; a call of a method that `Mail` does not have, such as
`mail.send_mesage()`.
Why: the first message fails with an error of the TLS layer, or goes to port 25 of the app's own machine. Without a
password Flask-Mail does not log in and says nothing. Without a sender `send()` fails an assertion: `MAIL_USERNAME` is
not taken for one. `MAIL_DEBUG` prints the whole dialogue to stderr, the password in it. `Mail` answers None for every
attribute that it does not have, so a misspelt method is "'NoneType' object is not callable" when mail is sent.
Fix: port 587 with `MAIL_USE_TLS`, or port 465 with `MAIL_USE_SSL`, never both; read flags from the environment with a
comparison (`os.environ.get("MAIL_USE_TLS") == "1"`); set `MAIL_DEFAULT_SENDER`; leave `MAIL_DEBUG` out. `keck fix` makes flag and port fit
where the port says which, compares texts, and drops `MAIL_DEBUG`.
When to ignore it: the mail server is an unusual one that really speaks so on that port.
Evidence: SSL against a STARTTLS port ends in WRONG_VERSION_NUMBER; a message without a sender in AssertionError, also
with MAIL_USERNAME; a username without a password opens the session without AUTH; with MAIL_DEBUG the password stands
base64-coded on stderr; `mail.send_mesage` is None and calling it a TypeError (Flask-Mail 0.10.0; Flask-Mail #106,
miguelgrinberg/microblog #141).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from keck.edit import Fix, Replace
from keck.facts.expr import Ref, terminal
from keck.finding import Finding, Level
from keck.live.record import LiveApp
from keck.project import Project
from keck.project.config import Setting
from keck.project.values import Env, Known, alternatives, defaults
from keck.rule import Rule, Skipped
from keck.rules._flags import as_flag
from keck.rules._settings import removed, renamed
from keck.rules._words import SETTINGS
from keck.rules.mail._methods import missing

rule = Rule(
    __name__,
    requires=("flask_mail", "flask.ext"),
    level=Level.warning,
    needles=(
        "MAIL_",
        "flask_mail",
        "Message(",
        "Mail(",
        "Mail)",
        ".send",
        " mail.",
        "(mail.",
        *SETTINGS,
    ),
    good="The settings of mail fit together",
    needs=("mail",),
    follows=("app/config-without-effect",),
)

_FLAGS = ("MAIL_USE_SSL", "MAIL_USE_TLS")
_OFF = {"false", "0", "no", "off", "none", "f", "n"}
_STARTTLS = {25, 587}
_TLS = {465}

Group = Mapping[str, Setting]


@rule.in_code
def check(project: Project) -> Iterator[Finding]:
    """Yield contradictions and gaps in each class or module of settings, and messages without a sender."""
    if not project.instances_of("mail"):
        return
    told: set[tuple[str, int, str]] = set()
    for group in _groups(project):
        for one in (*_transport(project, group), *_login(project, group), *_debug(group)):
            key = (one.place.path, one.place.line, one.symbol)
            if key not in told:
                told.add(key)
                yield one
    yield from _senders(project)
    yield from _methods(project)


def _groups(project: Project) -> Iterator[Group]:
    """Yield the MAIL_ settings that hold together, by key: of a class or module of settings, or of one function."""
    holders: dict[str, None] = {}
    direct: dict[tuple[str, str], dict[str, Setting]] = {}
    for key, settings in project.config.settings.items():
        if not key.startswith("MAIL_"):
            continue
        for one in settings:
            if one.role == "test":
                continue
            if one.holder:
                holders.setdefault(one.holder)
            else:
                direct.setdefault((one.module.path, one.scope), {})[key] = one
    yield from direct.values()
    for holder in holders:
        yield {one.key: one for one in reversed(project.config.held(holder)) if one.role != "test"}


def _transport(project: Project, group: Group) -> Iterator[Finding]:
    ssl, tls, port = (group.get(key) for key in (*_FLAGS, "MAIL_PORT"))
    for flag in (ssl, tls):
        text = None if flag is None else _false_text(flag)
        if flag is not None and text is not None:
            yield rule.finding(
                flag.place,
                f'`{flag.key}` can be the text "{text}", and every text that is not empty counts as true',
                f'compare it: `{flag.key} = os.environ.get("{flag.key}", "") == "true"`',
                symbol=flag.key,
                fix=as_flag(project, flag),
            )
            return
    number = None if port is None else _number(port)
    if ssl is not None and tls is not None and _on(ssl) and _on(tls):
        yield rule.finding(
            ssl.place,
            "`MAIL_USE_SSL` and `MAIL_USE_TLS` are both on: STARTTLS is asked for in a connection that is encrypted already",
            "keep `MAIL_USE_SSL` for port 465 or `MAIL_USE_TLS` for port 587, not both",
            symbol="MAIL_USE_SSL",
            related=[(tls.place, "`MAIL_USE_TLS` is set here")],
            fix=_dropped(tls if number in _TLS else ssl) if number in _TLS | _STARTTLS else None,
        )
    elif ssl is not None and _on(ssl) and (number in _STARTTLS or (port is None and _complete(project, "MAIL_PORT"))):
        what = f"port {number}" if number is not None else "port 25, the default"
        yield rule.finding(
            ssl.place,
            f"`MAIL_USE_SSL` is on for {what}, which begins without encryption: the handshake fails",
            "set `MAIL_PORT = 465`, or `MAIL_USE_TLS` instead of `MAIL_USE_SSL` for port 587",
            symbol="MAIL_USE_SSL",
            related=[] if port is None else [(port.place, "`MAIL_PORT` is set here")],
            fix=_instead(ssl, "MAIL_USE_TLS") if tls is None and number in _STARTTLS else None,
        )
    elif tls is not None and port is not None and _on(tls) and number in _TLS:
        yield rule.finding(
            tls.place,
            "`MAIL_USE_TLS` means STARTTLS, and port 465 is encrypted from the first byte: the connection hangs or fails",
            "set `MAIL_USE_SSL` instead of `MAIL_USE_TLS`, or `MAIL_PORT = 587`",
            symbol="MAIL_USE_TLS",
            related=[(port.place, "`MAIL_PORT` is set here")],
            fix=_instead(tls, "MAIL_USE_SSL") if ssl is None else None,
        )


def _instead(setting: Setting, key: str) -> Fix | None:
    """Return how one flag becomes the other, which fits the port."""
    edit = renamed(setting, key)
    return None if edit is None else Fix(f"write `{key}`", (edit,), intends=_INTENDS)


def _dropped(setting: Setting) -> Fix | None:
    edit = removed(setting)
    return None if edit is None else Fix(f"leave `{setting.key}` out", (edit,), intends=_INTENDS)


_INTENDS = ("config/MAIL_*", "extensions/mail/*")


def _login(project: Project, group: Group) -> Iterator[Finding]:
    user = group.get("MAIL_USERNAME")
    if user is None or not _given(user):
        return
    if "MAIL_PASSWORD" not in group and _complete(project, "MAIL_PASSWORD"):
        yield rule.finding(
            user.place,
            "`MAIL_USERNAME` is set and `MAIL_PASSWORD` is not: Flask-Mail does not log in, and says nothing",
            "set `MAIL_PASSWORD` from the environment, or drop `MAIL_USERNAME`",
            symbol="MAIL_PASSWORD",
        )
    elif "MAIL_SERVER" not in group and _complete(project, "MAIL_SERVER"):
        yield rule.finding(
            user.place,
            "`MAIL_USERNAME` is set and `MAIL_SERVER` is not: mail goes to port 25 of the machine that the app runs on",
            "set `MAIL_SERVER`",
            symbol="MAIL_SERVER",
        )


def _debug(group: Group) -> Iterator[Finding]:
    one = group.get("MAIL_DEBUG")
    if one is not None and one.role != "development" and isinstance(one.value, Known) and one.value.value is True:
        yield rule.finding(
            one.place,
            "`MAIL_DEBUG = True` prints every dialogue with the mail server to stderr, the password in it",
            "leave `MAIL_DEBUG` out: it follows `app.debug`",
            symbol="MAIL_DEBUG",
            fix=_dropped(one),
        )


def _senders(project: Project) -> Iterator[Finding]:
    keys = ["MAIL_DEFAULT_SENDER", "DEFAULT_MAIL_SENDER"]
    if not all(_complete(project, key) for key in keys) or project.config.mentions.get(keys[0]):
        return
    configured = any(key.startswith("MAIL_") for key in project.config.settings)
    for module, scope, call in project.calls_to("flask_mail.Message", "flask_mail.message.Message"):
        given = call.open_ended or call.keyword("sender") is not None or len(call.args) > 4
        if configured and not given and not _sender_later(project, module.path, scope):
            yield rule.finding(
                module.place(call),
                "this message has no sender, and `MAIL_DEFAULT_SENDER` is not set: `send()` fails an assertion",
                "set `MAIL_DEFAULT_SENDER` (`MAIL_USERNAME` is not taken for it), or give `Message(sender=...)`",
                symbol=scope or "Message",
            )


def _methods(project: Project) -> Iterator[Finding]:
    for module, ref, nearest in missing(project):
        yield rule.finding(
            module.place(ref),
            f"`{ref.name}()` is no method of Flask-Mail's Mail, which answers None for it: calling it is a TypeError",
            f"write `{nearest}()`" if nearest else "call `send()` or `send_message()`",
            symbol=terminal(ref),
            fix=Fix(
                f"write `{nearest}()`",
                (Replace(module.place(ref), f"{ref.name.rpartition('.')[0]}.{nearest}"),),
                safe=False,
                changes="takes the name for the one that it resembles",
            )
            if nearest
            else None,
        )


def _sender_later(project: Project, path: str, scope: str) -> bool:
    module = project.names.modules[path]
    return any(
        isinstance(target, Ref) and target.name.endswith(".sender")
        for step in module.steps(scope)
        for target in step.targets
    )


def _complete(project: Project, key: str) -> bool:
    """Whether the source shows that a key is not set: nowhere, and nothing is loaded that cannot be seen."""
    return not project.settings(key) and not project.config.hidden


def _false_text(setting: Setting) -> str | None:
    """Return the text that means false and counts as true, or None."""
    for one in defaults(setting.value):
        if isinstance(one, Known) and isinstance(one.value, str) and one.value.strip().lower() in _OFF:
            return one.value
    return None


def _on(setting: Setting) -> bool:
    """Whether a flag is on, as far as the source tells: literally, or when the environment says nothing."""
    found = [one.value for one in defaults(setting.value) if isinstance(one, Known)]
    every = [one for one in alternatives(setting.value) if not isinstance(one, Env) or one.default is not None]
    return bool(found) and len(found) >= len(every) and all(bool(one) for one in found)


def _given(setting: Setting) -> bool:
    """Whether a setting has or can have a value: an empty one is none."""
    return not (isinstance(setting.value, Known) and not setting.value.value)


def _number(setting: Setting) -> int | None:
    """Return the port, where the source states exactly one."""
    found = {one.value for one in defaults(setting.value) if isinstance(one, Known)}
    value = found.pop() if len(found) == 1 else None
    if isinstance(value, str) and value.strip().isdigit():
        return int(value)
    return value if isinstance(value, int) else None


# the live app


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield contradictions and gaps in what the app's mail was set up with.

    Raises:
        Skipped: no mail is sent.
    """
    one = app.serving("mail")
    if one is None or one.facts.get("suppress"):
        raise Skipped("mail is suppressed")
    for key, message, advice in (*_told_flags(app), *_told_transport(one.facts), *_told_login(app, one.facts)):
        yield rule.live(app.spot, message, advice, symbol=key, tags=("mail", key))
    if one.facts.get("debug") and "MAIL_DEBUG" in app.config and not app.debug and not app.testing:
        yield rule.live(
            app.spot,
            "`MAIL_DEBUG` is on: every dialogue with the mail server goes to stderr, the password in it",
            "leave `MAIL_DEBUG` out: it follows `app.debug`",
            symbol="MAIL_DEBUG",
            tags=("mail", "MAIL_DEBUG"),
        )


Told = tuple[str, str, str]
"""A key, what is wrong with it, and what to do."""


def _told_flags(app: LiveApp) -> Iterator[Told]:
    for key in _FLAGS:
        setting = app.config.get(key)
        if setting is not None and setting.type == "str" and str(setting.value).strip().lower() in _OFF:
            yield (
                key,
                f'`{key}` is the text "{setting.value}", and every text that is not empty counts as true',
                f'compare it: `{key} = os.environ.get("{key}", "") == "true"`',
            )


def _told_transport(facts: Mapping[str, object]) -> Iterator[Told]:
    ssl, tls, port = facts.get("use_ssl"), facts.get("use_tls"), facts.get("port")
    number = int(port) if isinstance(port, str) and port.isdigit() else port
    if any(isinstance(one, str) for one in (ssl, tls)):
        return
    if ssl and tls:
        yield (
            "MAIL_USE_SSL",
            "`MAIL_USE_SSL` and `MAIL_USE_TLS` are both on: STARTTLS is asked for in a connection that is encrypted already",
            "keep `MAIL_USE_SSL` for port 465 or `MAIL_USE_TLS` for port 587, not both",
        )
    elif ssl and number in _STARTTLS:
        yield (
            "MAIL_USE_SSL",
            f"`MAIL_USE_SSL` is on for port {number}, which begins without encryption: the handshake fails",
            "set `MAIL_PORT = 465`, or `MAIL_USE_TLS` instead of `MAIL_USE_SSL` for port 587",
        )
    elif tls and number in _TLS:
        yield (
            "MAIL_USE_TLS",
            "`MAIL_USE_TLS` means STARTTLS, and port 465 is encrypted from the first byte: the connection hangs or fails",
            "set `MAIL_USE_SSL` instead of `MAIL_USE_TLS`, or `MAIL_PORT = 587`",
        )


def _told_login(app: LiveApp, facts: Mapping[str, object]) -> Iterator[Told]:
    if facts.get("username") is not True:
        return
    if facts.get("password") is False:
        yield (
            "MAIL_PASSWORD",
            "`MAIL_USERNAME` is set and `MAIL_PASSWORD` is not: Flask-Mail does not log in, and says nothing",
            "set `MAIL_PASSWORD` from the environment, or drop `MAIL_USERNAME`",
        )
    elif "MAIL_SERVER" not in app.config and facts.get("server") == "127.0.0.1":
        yield (
            "MAIL_SERVER",
            "`MAIL_USERNAME` is set and `MAIL_SERVER` is not: mail goes to port 25 of the machine that the app runs on",
            "set `MAIL_SERVER`",
        )
