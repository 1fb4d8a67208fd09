from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

import keck
from keck import examining
from keck.examining import Examination, Fault, Faulty, Verdict, fold, judge, missing
from keck.finding import Finding, Level, Place
from keck.live.record import Answer, Instance, LiveApp, Probes, Route, Spot
from keck.rule import Rule, Skipped
from keck.settings import Settings

APP = LiveApp("shop", spot=Spot("/srv/shop/__init__.py", 3, 3), root="/srv")
LIMITER = Instance("limiter", "shop.extensions:limiter", bound="this")
ROUTE = Route("/", "index", "GET")


def made(name: str, *, needs: tuple[str, ...] = (), follows: tuple[str, ...] = ()) -> Rule:
    """Return a rule that says nothing yet."""
    return Rule(f"keck.rules.{name}", level=Level.warning, good=f"{name} is well", needs=needs, follows=follows)


def said(rule: Rule, *tags: str, level: Level | None = None, spot: Spot | None = None) -> Finding:
    """Return a finding of the rule."""
    return rule.live(spot or Spot("/srv/a.py", 1, 1), "it is so", "mend it", level=level, tags=tags)


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Make these rules the only ones that there are."""

    def install(*these: Rule) -> None:
        monkeypatch.setattr(examining, "rules", lambda: these)

    return install


def test_states(only: Callable[..., None]) -> None:
    """A rule passes, fails, is skipped with its reason or crashes, and none of it stops the others."""
    passes, fails, skips, lacks, crashes = (made(one) for one in ("a.a", "a.b", "a.c", "a.d", "a.e"))
    lacks.needs = ("limiter",)

    def skip(_: LiveApp) -> Iterator[Finding]:
        raise Skipped("nothing can be said")

    def crash(_: LiveApp) -> Iterator[Finding]:
        raise KeyError("x")

    passes.in_app(lambda _: [])
    fails.in_app(lambda _: [said(fails)])
    skips.in_app(skip)
    lacks.in_app(lambda _: [said(lacks)])
    crashes.in_app(crash)
    only(passes, fails, skips, lacks, crashes, made("a.f"))
    told = judge(APP, Settings())
    assert told.verdicts == (
        Verdict("a/a", "a.a is well", "passed"),
        Verdict("a/b", "a.b is well", "failed"),
        Verdict("a/c", "a.c is well", "skipped", "nothing can be said"),
        Verdict("a/d", "a.d is well", "skipped", "Flask-Limiter does not serve this app"),
        Verdict("a/e", "a.e is well", "crashed", "KeyError: 'x'"),
    )
    assert [one.rule for one in told.findings] == ["a/b"]


def test_rules_that_are_not_chosen_are_not_asked(only: Callable[..., None]) -> None:
    """What the settings leave out has no verdict."""
    one, other = made("a.a"), made("b.b")
    one.in_app(lambda _: [said(one)])
    other.in_app(lambda _: [said(other)])
    only(one, other)
    assert [each.rule for each in judge(APP, Settings(ignore=("a/",))).verdicts] == ["b/b"]


def test_places_are_relative_to_the_root(only: Callable[..., None]) -> None:
    """A finding stands at a path below the root; one without a place stands where the app is made."""
    rule = made("a.a")
    rule.in_app(
        lambda _: [
            rule.live(Spot(), "it", "mend", symbol="none"),
            rule.live(
                Spot("/srv/shop/x.py", 7, 9), "it", "mend", related=[(Spot("/srv/y.py", 2, 2), "there"), (Spot(), "")]
            ),
        ]
    )
    only(rule)
    first, second = judge(APP, Settings()).findings
    assert first.place == Place("shop/__init__.py", 3, 1, 3, 1)
    assert second.place == Place("shop/x.py", 7, 1, 9, 1)
    assert [one.place.path for one in second.related] == ["y.py", ""]


def test_root_is_the_working_directory_where_none_was_read(only: Callable[..., None]) -> None:
    """An app that was read without a root is looked at from here."""
    only()
    assert judge(LiveApp("shop"), Settings()).root == Path.cwd().as_posix()


def test_what_could_not_be_read_is_told(only: Callable[..., None]) -> None:
    """A part that failed is a notice."""
    only()
    app = LiveApp("shop", facts={"unread": {"cached_functions": "KeyError: 1"}})
    assert judge(app, Settings()).notices == ("the cached functions could not be read: KeyError: 1",)


@pytest.mark.parametrize(
    ("needs", "app", "reason"),
    [
        ("limiter", APP, "Flask-Limiter does not serve this app"),
        ("limiter", LiveApp("x", instances=(LIMITER,)), ""),
        ("routes", APP, "the app has no routes"),
        ("routes", LiveApp("x", routes=(Route("/static", "static", "GET", static=True),)), "the app has no routes"),
        ("routes", LiveApp("x", routes=(ROUTE,)), ""),
        (
            "routes",
            LiveApp("x", facts={"unread": {"routes": "KeyError: 1"}}),
            "the routes could not be read (KeyError: 1)",
        ),
        ("backends", APP, "the backends were not asked"),
        ("backends", LiveApp("x", answers=()), ""),
        ("redis", APP, "the backends were not asked"),
        ("redis", LiveApp("x", answers=()), "the app has no Redis"),
        ("smtp", LiveApp("x", answers=()), "the app has no mail server"),
        (
            "redis",
            LiveApp("x", answers=(Answer("redis", "Redis of the cache", "h:1", "unreachable"),)),
            "the Redis of the cache is unreachable",
        ),
        (
            "migrations",
            LiveApp("x", answers=(Answer("migrations", "migrations", "h", "unreachable", detail="no"),)),
            "the migrations are unreachable",
        ),
        (
            "smtp",
            LiveApp("x", answers=(Answer("smtp", "mail server", "", "skipped", detail="MAIL_SERVER is not set"),)),
            "MAIL_SERVER is not set",
        ),
        ("redis", LiveApp("x", answers=(Answer("redis", "Redis of the cache", "h:1", "answers"),)), ""),
        ("probe", APP, "the app was not probed"),
        ("probe", LiveApp("x", probes=Probes(unavailable="there is no fork here")), "there is no fork here"),
        ("probe", LiveApp("x", probes=Probes()), ""),
    ],
)
def test_what_a_rule_needs(needs: str, app: LiveApp, reason: str) -> None:
    """A rule that needs what the app has not is told so in one clause."""
    assert missing(made("a.a", needs=(needs,)), app) == reason


def test_consequences_lie_under_their_cause() -> None:
    """A finding that another one explains lies under it, through several steps; what shares no tag stays alone."""
    cause = made("a.cause")
    step = made("a.step", follows=("a/cause",))
    last = made("a.last", follows=("a/step",))
    found = [said(last, "x"), said(step, "x"), said(cause, "x", level=Level.note), said(last, "y")]
    faults = fold(found, {one.id: one for one in (cause, step, last)})
    assert [(one.finding.rule, one.finding.tags, [each.rule for each in one.consequences]) for one in faults] == [
        ("a/last", ("y",), []),
        ("a/cause", ("x",), ["a/last", "a/step"]),
    ]


def test_rules_that_explain_each_other_do_not_hang() -> None:
    """A circle of causes loses no finding."""
    one, other = made("a.one", follows=("a/other",)), made("a.other", follows=("a/one",))
    faults = fold([said(one, "x"), said(other, "x")], {"a/one": one, "a/other": other})
    assert sorted(each.rule for fault in faults for each in (fault.finding, *fault.consequences)) == [
        "a/one",
        "a/other",
    ]


def test_a_rule_does_not_explain_itself() -> None:
    """Two findings of one rule stand beside each other, and so does one of a rule that is not known."""
    rule = made("a.one", follows=("a/one",))
    assert len(fold([said(rule, "x")], {"a/one": rule})) == 1
    assert len(fold([said(rule, "x")], {})) == 1


def examination(*faults: Fault) -> Examination:
    """Return an examination with these faults."""
    return Examination(APP, "/srv", faults=faults)


def test_raise_for() -> None:
    """A suite fails with a text that says what is wrong, where, what to do, and what comes of it."""
    rule, other = made("a.one"), made("a.other")
    told = examination(
        Fault(said(rule, level=Level.error, spot=Spot("a.py", 4, 4)), (said(other),)),
        Fault(said(other, spot=Spot("b.py", 5, 5))),
    )
    with pytest.raises(Faulty) as caught:
        told.raise_for("error")
    assert str(caught.value) == (
        "Keck finds 1 fault in how this app is wired:\n"
        "  a.py:4: error: it is so [a/one]\n"
        "    mend it\n"
        "    so: it is so [a/other]"
    )
    with pytest.raises(Faulty, match="2 faults"):
        told.raise_for()
    assert len(caught.value.faults) == 1


def test_raise_for_counts_consequences() -> None:
    """A note that brings about an error is an error."""
    rule = made("a.one")
    told = examination(Fault(said(rule, level=Level.note), (said(rule, level=Level.error),)))
    with pytest.raises(Faulty):
        told.raise_for("error")


def test_raise_for_is_silent_below_the_level() -> None:
    """What lies below the level raises nothing."""
    examination(Fault(said(made("a.one")))).raise_for(Level.error)
    examination().raise_for("note")


def test_raise_for_an_unknown_level() -> None:
    """A level that does not exist is refused, with those that do."""
    with pytest.raises(ValueError, match="there is no level `warn`; known are note, warning, error"):
        examination().raise_for("warn")


def test_a_rule_without_a_live_half_sees_no_app() -> None:
    """A rule tells which witnesses it hears."""
    rule = made("a.one")
    assert not rule.sees_apps
    assert not rule.sees_code
    assert list(rule.examine(APP)) == []
    rule.in_code(lambda _: [])
    assert rule.sees_code


def test_one_route_explains_nothing_of_another() -> None:
    """Where both findings are about routes, these have to be the same; sharing an extension is not enough."""
    cause, consequence = made("a.cause"), made("a.consequence", follows=("a/cause",))
    known = {one.id: one for one in (cause, consequence)}
    first, same, other = (
        said(cause, "caching", "x"),
        said(consequence, "caching", "x"),
        said(consequence, "caching", "y"),
    )
    general = said(consequence, "caching", spot=Spot("/srv/z.py", 1, 1))
    (top, *rest) = fold([first, same, other, general], known, frozenset({"x", "y"}))
    assert (top.finding, top.consequences) == (first, (same, general))
    assert rest == [Fault(other)]


def test_what_needs_a_part_that_could_not_be_read_has_crashed(only: Callable[..., None]) -> None:
    """No check may count as well because what it looks at could not be read."""
    rule = made("a.a", needs=("routes",))
    rule.in_app(lambda _: [])
    only(rule)
    (one,) = judge(LiveApp("shop", facts={"unread": {"routes": "KeyError: 1"}}), Settings()).verdicts
    assert (one.state, one.reason) == ("crashed", "the routes could not be read (KeyError: 1)")


def test_an_app_is_read_and_judged() -> None:
    """`keck.examine` takes an app as it is, and the project's settings where none are given."""
    app = Flask("shop")
    assert keck.examine(app).app.name == "shop"
    told = keck.examine(app, settings=Settings(select=("config/weak-secret",)))
    assert [one.rule for one in told.verdicts] == ["config/weak-secret"]
