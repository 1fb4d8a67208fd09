"""A path pattern of Flask-CORS does not cover the URLs that it seems to.

What:
    A key of `resources` that Flask-CORS reads otherwise than it looks. `/api` is one exact path and
    not what is below it. `api/*` without its leading slash covers nothing. `/api/<int:id>` is no
    route rule. `/api/*` also covers `/apiary`. On a blueprint the pattern is matched against the
    whole path, prefix included. Of two patterns that match, the one with more slashes or more
    characters wins, however special the other is (before 6.0 the one with more characters).

Why:
    The front end is refused although its URLs are listed, or URLs that nobody meant are open to other origins.

Fix:
    Write a whole, anchored expression: `r"^/api(/.*)?$"`. Let patterns exclude each other where their
    options differ. `keck fix` writes the expression; where it covers other URLs of the app than before, only if
    unsafe fixes are asked for.

When to ignore it:
    Where the other URLs are meant as well, and for patterns that wait for routes that are not yet written.

Evidence:
    Flask-CORS 6.0.5: `/api/*` answers for `/apiary` and `/api-internal`; `/api` and `/api/` answer
    for themselves alone; `api/*` and `/api/<int:id>` for nothing; with `url_prefix="/v1"` a blueprint's
    `/users/*` answers for nothing; `/(api|static|media|files)/.*` wins over `/api/admin.*`; `/api/**` is a
    ValueError at start. corydolphin/flask-cors issues 248 and 289, CVE-2024-6839.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from keck.edit import Fix, Replace
from keck.facts.expr import Const
from keck.finding import Finding, Level
from keck.live.record import LiveApp
from keck.live.record import Route as LiveRoute
from keck.project import Project
from keck.project.module import Module
from keck.project.values import Known, Pattern
from keck.rule import Rule
from keck.rules._settings import stands_in
from keck.rules.cors._hosts import samples
from keck.rules.cors._live import LivePolicy, calls
from keck.rules.cors._live import policies as live_policies
from keck.rules.cors._origins import HINTS, compiled, is_invalid, text
from keck.rules.cors._policies import policies
from keck.rules.cors._policy import Policy
from keck.rules.cors._urls import Url, covers, urls
from keck.rules.cors._written import keys_in, parts

rule = Rule(
    __name__,
    requires=("flask_cors", "flask.ext"),
    level=Level.warning,
    needles=("CORS", "flask_cors", "Blueprint", "register_blueprint", "route", "add_url_rule", "add_resource"),
    good="Every CORS resource covers what it reads like",
    needs=("cors",),
)

_GLOB = re.compile(r"\^?(?P<base>/[\w/-]*\w)/\*\$?")

_BARE = re.compile(r"\w[\w-]*(/|$)")


@rule.in_code
def check(project: Project) -> Iterator[Finding]:
    """Yield one finding a pattern."""
    groups: dict[object, list[Policy]] = {}
    for one in policies(project):
        if one.kind != "view" and one.pattern_place is not None:
            groups.setdefault((one.module.path, one.call.line, one.call.column), []).append(one)
    answered = list(urls(project)) if groups else []
    for every in groups.values():
        for one in every:
            by_length = bool(project.pins.before("flask-cors", "6.0", one.module.path))
            told = _told(one, every, answered, by_length=by_length)
            if told is not None:
                message, advice, about = told
                yield rule.finding(
                    one.pattern_place or one.place,
                    message,
                    advice,
                    level=Level.error if is_invalid(one.pattern) else None,
                    symbol=text(one.pattern),
                    related=[(about.place, f"`{about.rule}` is answered here")] if about is not None else [],
                    fix=_fix(project, one, advice, answered),
                )


_ADVISED = re.compile(r"write `(?:r\"(?P<regex>[^\"`]*)\"|(?P<path>/[^`\"]*))`")


def _fix(project: Project, one: Policy, advice: str, answered: list[Url]) -> Fix | None:
    """Return how the pattern is written that the advice names; safe where it covers the same URLs.

    There is none where another pattern would be one's own to choose, or the pattern is stated elsewhere.
    """
    found, place = _ADVISED.search(advice), one.pattern_place
    if found is None or place is None or not isinstance(one.pattern, str):
        return None
    wanted = found["regex"] or found["path"]
    module = project.names.modules[place.path]
    known = keys_in(module, place, one.pattern)
    known += [part for part in parts(module) if isinstance(part, Const) and module.place(part) == place]
    if len(known) != 1 or not _is_given(module, one, known[0]):
        return None
    more = [url for url in answered if covers(wanted, url.path) and not covers(one.pattern, url.path)]
    less = [url for url in answered if covers(one.pattern, url.path) and not covers(wanted, url.path)]
    changes = f"covers `{more[0].rule}` as well" if more else f"no longer covers `{less[0].rule}`" if less else ""
    quoted = f'r"{wanted}"' if found["regex"] else f'"{wanted}"'
    return Fix(
        f"write `{quoted}`",
        (Replace(module.place(known[0]), quoted),),
        safe=not changes,
        changes=changes,
        intends=("cors/*", "extensions/cors/*"),
    )


def _is_given(module: Module, one: Policy, literal: Const) -> bool:
    """Whether a literal stands in the call that puts the policy in force, or in the one that makes its instance."""
    calls = [one.call] if one.module is module else []
    made = [] if one.binding is None else [one.binding.instance]
    calls += [each.call for each in made if each.module is module]
    return any(stands_in(module.place(literal), module.place(call)) for call in calls)


def _told(
    one: Policy, every: list[Policy], answered: list[Url], *, by_length: bool
) -> tuple[str, str, Url | None] | None:
    """Return message, help and the URL that shows it, or None."""
    pattern = text(one.pattern)
    if one.pattern is None:
        return None
    if is_invalid(one.pattern):
        return (
            f"the pattern `{pattern}` is no regular expression: the app does not start",
            "write one that compiles",
            None,
        )
    if isinstance(one.pattern, str) and re.search(r"<\w+(:\w+)?>", pattern):
        wanted = re.sub(r"<[^>]*>", "[^/]+", pattern)
        return (
            f"the pattern `{pattern}` is a regular expression to Flask-CORS, not a route rule",
            f'write `r"^{wanted}$"`',
            None,
        )
    if isinstance(one.pattern, str) and _BARE.match(pattern) and "|" not in pattern:
        glob = _GLOB.fullmatch("/" + pattern)
        wanted = f'`r"^{glob["base"]}(/.*)?$"`' if glob else f"`/{pattern}`"
        return f"the pattern `{pattern}` covers no URL: a path begins with a slash", f"write {wanted}", None
    covered = [url for url in answered if covers(one.pattern, url.path)]
    return (
        _unmatched(one, pattern, covered, answered)
        or _overmatched(one, pattern, covered)
        or _shadowed(one, every, covered, by_length=by_length)
    )


def _unmatched(one: Policy, pattern: str, covered: list[Url], answered: list[Url]) -> tuple[str, str, Url] | None:
    if one.kind == "blueprint":
        own = [url for url in answered if url.route.owner & one.target]
        if not any(covers(one.pattern, url.path) for url in own):
            for url in own:
                if any(covers(one.pattern, short) for short in _without_prefix(url)):
                    return (
                        f"the pattern `{pattern}` covers no URL of the blueprint, such as `{url.rule}`",
                        "match the whole path, prefix included",
                        url,
                    )
    if HINTS.isdisjoint(pattern) and isinstance(one.pattern, str) and not covered:
        base = pattern.rstrip("/")
        below = next((url for url in answered if base and url.path.startswith(base + "/")), None)
        if below is not None:
            return (
                f"the pattern `{pattern}` is that one path and covers nothing below it",
                f'write `r"^{base}(/.*)?$"`',
                below,
            )
    return None


def _without_prefix(url: Url) -> Iterator[str]:
    """Yield the URL's path without the first parts of its blueprint's prefix."""
    prefix = url.rule[: len(url.rule) - min(len(each) for each in url.route.rules)]
    parts = url.path.split("/")
    for dropped in range(1, len([part for part in prefix.split("/") if part]) + 1):
        yield "/" + "/".join(parts[dropped + 1 :])


def _overmatched(one: Policy, pattern: str, covered: list[Url]) -> tuple[str, str, Url] | None:
    glob = _GLOB.fullmatch(pattern)
    if glob is None or not isinstance(one.pattern, str):
        return None
    base = glob["base"]
    beside = next((url for url in covered if url.path != base and not url.path.startswith(base + "/")), None)
    if beside is None:
        return None
    said = f"the pattern `{pattern}` also covers `{beside.rule}`: the star repeats the slash"
    return said, f'write `r"^{base}(/.*)?$"`', beside


def _shadowed(one: Policy, every: list[Policy], covered: list[Url], *, by_length: bool) -> tuple[str, str, Url] | None:
    """A pattern that covers less than another and loses against it."""
    for other in every:
        if (
            other is one
            or other.pattern is None
            or is_invalid(other.pattern)
            or _rank(other, by_length=by_length) > _rank(one, by_length=by_length)
        ):
            continue
        if not covered or _same(one, other) or not _narrower(one.pattern, other.pattern):
            continue
        return (
            f"the pattern `{text(one.pattern)}` has no effect: `{text(other.pattern)}` covers the same URLs and goes first",
            "make the patterns exclude each other",
            covered[0],
        )
    return None


def _narrower(one: object, other: object) -> bool:
    """Whether one pattern covers less than another, judged by paths that they cover."""
    return all(covers(other, path) for path in _samples(one)) and any(not covers(one, path) for path in _samples(other))


def _samples(pattern: object) -> list[str]:
    regex = compiled(pattern, ignore_case=False)
    return [str(pattern)] if regex is None else [path for path in samples(regex) if regex.match(path)]


def _rank(one: Policy, *, by_length: bool) -> tuple[int, int, int]:
    """The order in which Flask-CORS tries patterns, first ones lowest; before 6.0 only their length counts."""
    pattern = text(one.pattern)
    if by_length:
        return 0, 0, -len(pattern)
    literal = isinstance(one.pattern, str) and HINTS.isdisjoint(pattern)
    kind = 0 if literal else 1 if isinstance(one.pattern, Pattern) else 2
    return kind, -pattern.count("/"), -len(pattern)


def _same(one: Policy, other: Policy) -> bool:
    def values(policy: Policy) -> dict[str, object]:
        return {name: _plain(option.value) for name, option in policy.options.items()}

    return values(one) == values(other)


def _plain(value: object) -> object:
    if isinstance(value, Known):
        return [_plain(each) for each in value.value] if isinstance(value.value, list) else value.value
    return value


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield the patterns that cover other URLs than they read like."""
    routes = [route for route in app.routes if route.path and not route.static]
    for every in calls(one for one in live_policies(app) if one.at != "view"):
        for one in every:
            own = [route for route in routes if one.at == "app" or route.endpoint.startswith(f"{one.at}.")]
            said, advice = _said(one, every, own)
            if said:
                yield rule.live(one.spot, said, advice, symbol=one.pattern, tags=("cors", *one.cause))


def _said(one: LivePolicy, every: list[LivePolicy], routes: list[LiveRoute]) -> tuple[str, str]:
    """Return message and help, or empty texts."""
    pattern, base = one.pattern, one.pattern.rstrip("/")
    covered = [route for route in routes if one.covers(str(route.path))]
    if not covered and re.search(r"(?<!\?P)<\w+(:\w+)?>", pattern):
        wanted = re.sub(r"<[^>]*>", "[^/]+", pattern)
        return (
            f"the pattern `{pattern}` is a regular expression to Flask-CORS, not a route rule",
            f'write `r"^{wanted}$"`',
        )
    if not covered and _BARE.match(pattern) and "|" not in pattern:
        glob = _GLOB.fullmatch("/" + pattern)
        wanted = f'`r"^{glob["base"]}(/.*)?$"`' if glob else f"`/{pattern}`"
        return f"the pattern `{pattern}` covers no URL: a path begins with a slash", f"write {wanted}"
    below = next((each for each in routes if base and str(each.path).startswith(base + "/")), None)
    if not one.regex and not covered and below:
        said = f"the pattern `{pattern}` is that one path and covers nothing below it, such as `{below.rule}`"
        return said, f'write `r"^{base}(/.*)?$"`'
    short = next((each for each in routes if one.at != "app" and any(map(one.covers, _tails(str(each.path))))), None)
    if not covered and short:
        said = f"the pattern `{pattern}` covers no URL of the blueprint `{one.at}`, such as `{short.rule}`"
        return said, "match the whole path, prefix included"
    glob = _GLOB.fullmatch(pattern) if one.regex else None
    beside = glob and next((each for each in covered if _beside(glob["base"], str(each.path))), None)
    if glob and beside:
        said = f"the pattern `{pattern}` also covers `{beside.rule}`: the star repeats the slash"
        return said, f'write `r"^{glob["base"]}(/.*)?$"`'
    return _unasked(one, every, covered)


def _unasked(one: LivePolicy, every: list[LivePolicy], covered: list[LiveRoute]) -> tuple[str, str]:
    """Return what is said of a pattern all of whose URLs another one of the same call takes first."""
    first = [
        next((each for each in every if each.covers(str(route.path))), one)
        for route in covered
        if route.cors.source != "@cross_origin"
    ]
    if not first or one in first or all(_options(each) == _options(one) for each in first):
        return "", ""
    if not all(_narrower(one.pattern, each.pattern) for each in first):
        return "", ""
    said = f"the pattern `{one.pattern}` has no effect: `{first[0].pattern}` covers the same URLs and goes first"
    return f"{said}, such as `{covered[0].rule}`", "make the patterns exclude each other"


def _options(one: LivePolicy) -> tuple[object, ...]:
    return one.told, one.credentials, one.methods


def _tails(path: str) -> Iterator[str]:
    """Yield a path without its first parts."""
    parts = path.split("/")
    for dropped in range(2, len(parts)):
        yield "/" + "/".join(parts[dropped:])


def _beside(base: str, path: str) -> bool:
    """Whether a path begins like another one and is not below it."""
    return path.startswith(base) and path != base and not path.startswith(base + "/")
