from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from keck.doctor.changes import as_json, text
from keck.doctor.diff import Change, compared, matrix, weakened
from keck.live.record import CacheUse, Cors, Guard, Limit, LiveApp, Route
from keck.report.doctor import routes_json
from keck.report.view import View
from keck.trouble import Trouble

ROUTE = Route("/items/<int:id>", "shop.item", "GET")


def _guard(name: str = "jwt_required", how: str = "required", kind: str = "jwt", **details: Any) -> Guard:  # noqa: ANN401
    return Guard(kind, how, name, position=1, details=details)


def _limit(text: str, key: str = "get_remote_address", **more: Any) -> Limit:  # noqa: ANN401
    return Limit(text, "own", key, **more)


def _cache(position: int = 2, *, timeout: float = 60, key: str = "path", personal: bool = False) -> CacheUse:
    return CacheUse("cached", timeout, key, personal=personal, position=position)


def _cors(*origins: str, credentials: bool = False, **more: Any) -> Cors:  # noqa: ANN401
    return Cors("CORS(app)", origins, open="*" in origins, credentials=credentials, **more)


def _guarded(*guards: Guard, **more: Any) -> Route:  # noqa: ANN401
    exposure = "guarded" if any(one.how in {"required", "fresh", "refresh"} for one in guards) else "optional"
    return replace(ROUTE, guards=guards, exposure=exposure if guards else "open", **more)


def _turns(old: Route, new: Route) -> list[tuple[str, str]]:
    return [(one.aspect, one.turn) for one in compared([old], [new])]


JWT = _guard()
OPTIONAL = _guard(how="optional")
FRESH = _guard(how="fresh")
ADMIN = _guard("shop.auth.admin_required", kind="own")
EDITOR = _guard("shop.auth.editor_required", kind="own")


@pytest.mark.parametrize(
    ("old", "new", "turn"),
    [
        ([JWT], [], "weaker"),
        ([], [JWT], "stronger"),
        ([JWT], [OPTIONAL], "weaker"),
        ([OPTIONAL], [JWT], "stronger"),
        ([OPTIONAL], [], "weaker"),
        ([FRESH], [JWT], "weaker"),
        ([JWT], [FRESH], "stronger"),
        ([JWT, ADMIN], [JWT], "weaker"),
        ([JWT], [JWT, ADMIN], "stronger"),
        ([JWT, ADMIN], [JWT, EDITOR], "other"),
        ([JWT], [ADMIN], "other"),
        ([JWT, ADMIN], [FRESH, EDITOR], "other"),
        ([FRESH, ADMIN], [JWT, EDITOR], "weaker"),
        ([JWT, ADMIN], [ADMIN, JWT], "other"),
        ([JWT], [_guard(how="refresh")], "other"),
        ([JWT], [_guard(skip_revocation_check=True)], "weaker"),
        ([_guard(skip_revocation_check=True)], [JWT], "stronger"),
        ([_guard(role="admin")], [_guard(role="editor")], "other"),
        ([_guard(how="conditional"), ADMIN], [JWT, ADMIN], "stronger"),
        ([JWT], [FRESH, ADMIN], "stronger"),
        ([JWT, ADMIN], [FRESH], "other"),
        ([_guard(how="dreamt"), ADMIN], [JWT, ADMIN], "weaker"),
    ],
)
def test_guards_are_weighed(old: Sequence[Guard], new: Sequence[Guard], turn: str) -> None:
    """A guard that is gone or asks for less is weaker, one more or that asks for more is stronger, another is other."""
    assert _turns(_guarded(*old), _guarded(*new)) == [("guard", turn)]


@pytest.mark.parametrize("guards", [[], [JWT], [JWT, ADMIN], [_guard(role="admin", locations=["headers"])]])
def test_the_same_guards_are_no_change(guards: Sequence[Guard]) -> None:
    """What is as it was is not told, wherever its code has moved to."""
    moved = [replace(one, position=one.position + 3) for one in guards]
    assert not _turns(_guarded(*guards), _guarded(*moved))


@pytest.mark.parametrize(
    ("old", "new", "turn"),
    [
        ([_limit("5 per 1 minute")], [], "weaker"),
        ([], [_limit("5 per 1 minute")], "stronger"),
        ([_limit("5 per 1 minute")], [_limit("50 per 1 minute")], "weaker"),
        ([_limit("5 per 1 minute")], [_limit("5 per 1 hour")], "stronger"),
        ([_limit("5/minute")], [_limit("500 per hour")], "weaker"),
        ([_limit("5 per 1 minute")], [_limit("5 per 1 minute"), _limit("9 per 1 day")], "stronger"),
        ([_limit("5 per 1 minute"), _limit("9 per 1 day")], [_limit("5 per 1 minute")], "weaker"),
        ([_limit("5 per 1 minute")], [_limit("5 per 1 minute", key="by_user")], "other"),
        ([_limit("5 per 1 minute")], [_limit("5 per 1 minute", exempt_when="shop.is_admin")], "weaker"),
        ([_limit("5 per 1 minute", exempt_when="shop.is_admin")], [_limit("5 per 1 minute")], "stronger"),
        ([_limit("5 per 1 minute")], [_limit("5 per 1 minute", methods=("POST",))], "other"),
        ([_limit("shop.rate()")], [_limit("shop.other_rate()")], "other"),
        ([_limit("shop.rate()")], [_limit("shop.rate()", exempt_when="shop.is_admin")], "weaker"),
        ([_limit("5 per 1 minute")], [_limit("5 per 1 minute", per_method=True)], "weaker"),
        ([Limit("9 per 1 day", "application", "k")], [Limit("9 per 1 day", "default", "k")], "weaker"),
        ([Limit("9 per 1 day", "own", "k")], [Limit("9 per 1 day", "shared", "k")], "stronger"),
        ([_limit("5 per 1 minute")], [_limit("100 per 1 day")], "other"),
    ],
)
def test_limits_are_weighed(old: Sequence[Limit], new: Sequence[Limit], turn: str) -> None:
    """A limit that lets more through is weaker, one that lets less through stronger, one by another key other."""
    assert _turns(replace(ROUTE, limits=tuple(old)), replace(ROUTE, limits=tuple(new))) == [("limit", turn)]


def _why(old: Limit, new: Limit) -> str:
    """Return why one limit is another change than its text says."""
    (change,) = compared([Route("/x", "x", "GET", limits=(old,))], [Route("/x", "x", "GET", limits=(new,))])
    return change.why


def test_what_texts_do_not_say_is_told() -> None:
    """Limits that read alike are told apart."""
    old = _limit("5 per 1 minute")
    assert _why(old, _limit("5 per 1 minute", exempt_when="shop.is_admin")) == "`shop.is_admin()` may lift it"
    assert _why(old, _limit("5 per 1 minute", per_method=True)) == "it counts less together"
    assert _why(_limit("5 per 1 minute", per_method=True), old) == "it counts more together"


@pytest.mark.parametrize(
    ("old", "new", "more", "turn"),
    [
        ((), ("default",), [], "weaker"),
        (("default",), (), [], "stronger"),
        ((), ("default",), [_limit("1 per 1 day")], "other"),
    ],
)
def test_exemptions_are_weighed(old: tuple[str, ...], new: tuple[str, ...], more: Sequence[Limit], turn: str) -> None:
    """To be exempt from limits is weaker, unless there is a limit instead."""
    before = replace(ROUTE, exempt=old, limits=(_limit("5 per 1 minute"),))
    after = replace(ROUTE, exempt=new, limits=(*before.limits, *more))
    assert _turns(before, after) == [("limit", turn)]


@pytest.mark.parametrize(
    ("old", "new", "turn"),
    [
        ([], [_cache(0)], "weaker"),
        ([_cache(0)], [], "stronger"),
        ([_cache(0)], [_cache(2)], "stronger"),
        ([_cache(2)], [_cache(0)], "weaker"),
        ([], [_cache(2)], "weaker"),
        ([_cache(2)], [], "stronger"),
        ([_cache(2, personal=True)], [_cache(2)], "weaker"),
        ([_cache(2)], [_cache(2, timeout=5)], "other"),
        ([], [_cache(2, personal=True)], "other"),
    ],
)
def test_caches_are_weighed_by_their_guards(old: Sequence[CacheUse], new: Sequence[CacheUse], turn: str) -> None:
    """An answer that is kept outside of the guard, or under a key that all callers share, is weaker."""
    assert _turns(_guarded(JWT, cache=tuple(old)), _guarded(JWT, cache=tuple(new))) == [("cache", turn)]


def test_a_cache_of_an_open_route_protects_nothing() -> None:
    """Where nobody is told apart, what is kept is no secret."""
    assert _turns(ROUTE, replace(ROUTE, cache=(_cache(),))) == [("cache", "other")]


@pytest.mark.parametrize(
    ("old", "new", "turn"),
    [
        (Cors(), _cors("*"), "weaker"),
        (_cors("*"), Cors(), "stronger"),
        (_cors("https://a.example"), _cors("*"), "weaker"),
        (_cors("*"), _cors("https://a.example"), "stronger"),
        (_cors("https://a.example"), _cors("https://a.example", "https://b.example"), "weaker"),
        (_cors("https://a.example", "https://b.example"), _cors("https://a.example"), "stronger"),
        (_cors("https://a.example"), _cors("https://b.example"), "other"),
        (_cors("https://a.example"), _cors("https://a.example", credentials=True), "weaker"),
        (_cors("*", credentials=True), _cors("*"), "stronger"),
        (_cors("*", credentials=True), _cors("https://a.example"), "stronger"),
        (_cors("*"), _cors("https://a.example", credentials=True), "other"),
        (
            _cors("https://a.example"),
            _cors("https://a.example", policies=({"origins": ["*"], "open": True, "credentials": False},)),
            "weaker",
        ),
    ],
)
def test_origins_are_weighed(old: Cors, new: Cors, turn: str) -> None:
    """More origins, or cookies from them, are weaker; fewer are stronger; others are other."""
    assert _turns(replace(ROUTE, cors=old), replace(ROUTE, cors=new)) == [("CORS", turn)]


def test_the_same_protections_are_no_change() -> None:
    """A matrix compared with itself has no changes, nor has one with its limits in another order."""
    limits = (_limit("5 per 1 minute"), _limit("9 per 1 day"))
    one = _guarded(JWT, limits=limits, cache=(_cache(),), cors=_cors("https://a.example"))
    assert not compared([one], [replace(one, limits=limits[::-1], endpoint="shop.other")])


def test_routes_come_and_go() -> None:
    """New and gone routes are told as such; an open one that changes state is told apart."""
    old = [ROUTE, replace(ROUTE, rule="/files", static=True)]
    new = [
        replace(ROUTE, rule="/login", method="POST"),
        replace(ROUTE, rule="/news"),
        replace(_guarded(JWT), rule="/orders", method="DELETE"),
    ]
    found = compared(old, new)
    assert [(one.method, one.rule, one.turn, one.before, one.after) for one in found] == [
        ("POST", "/login", "new, open", "nothing", "open"),
        ("GET", "/news", "new", "nothing", "open"),
        ("DELETE", "/orders", "new", "nothing", "guarded, jwt_required"),
        ("GET", "/items/<int:id>", "gone", "open", "nothing"),
    ]
    assert not weakened(found)


def test_what_can_no_longer_be_read_is_not_called_weaker() -> None:
    """Where a chain could be followed to its end on one side only, that is all there is to say."""
    lost = replace(ROUTE, unseen="a wrapper in C")
    (change,) = compared([_guarded(JWT)], [lost])
    assert (change.aspect, change.turn, change.why) == (
        "route", "other", "it can no longer be read to its end: a wrapper in C"
    )  # fmt: skip
    assert (
        text([change], VIEW)
        .splitlines()[1]
        .endswith("(shop.item) open: it can no longer be read to its end: a wrapper in C")
    )
    (change,) = compared([lost], [_guarded(JWT)])
    assert (change.turn, change.why) == ("other", "it can be read to its end now")
    assert not compared([lost], [lost])


def test_equal_rules_of_several_hosts_are_kept_apart() -> None:
    """The URL map may hold a rule more than once; each is compared with its own."""
    old = [_guarded(JWT), ROUTE]
    assert not compared(old, old)
    assert [one.turn for one in compared(old, [ROUTE, ROUTE])] == ["weaker"]
    assert [one.turn for one in compared(old, [_guarded(JWT)])] == ["gone"]


def test_the_worst_comes_first() -> None:
    """What got weaker is told before the rest, whatever its rule."""
    old = [_guarded(JWT), replace(ROUTE, rule="/a")]
    new = [ROUTE, replace(_guarded(JWT), rule="/a")]
    found = compared(old, new)
    assert [(one.rule, one.turn) for one in found] == [("/items/<int:id>", "weaker"), ("/a", "stronger")]
    assert weakened(found)


def test_a_written_matrix_is_read() -> None:
    """What `routes --json` writes is what --diff compares with: nothing has changed since."""
    routes = (_guarded(JWT, limits=(_limit("5 per 1 minute"),), cache=(_cache(),), cors=_cors("*")), ROUTE)
    written = routes_json(LiveApp("shop", routes=routes, root="/shop")).encode()
    assert not compared(matrix(b"\xef\xbb\xbf" + written, "old.json"), routes)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "old.json holds no route matrix: Input data was truncated; write it with `flask doctor routes --json`"),
        (b"{", "old.json holds no route matrix: Input data was truncated; write it"),
        (b"[]", "old.json holds no route matrix: Expected `object`, got `array`; write it"),
        (b"{}", "old.json holds no route matrix: Object missing required field `routes`; write it"),
        (b'{"routes": [{"rule": 1}]}', "old.json holds no route matrix: Expected `str`, got `int`"),
        (b"\xff\xfe{", "old.json holds no route matrix: "),
        (b'{"version": 9, "routes": []}', "old.json is of version 9, and this Keck reads version 1; write it"),
    ],
)
def test_what_is_no_matrix_is_one_sentence(data: bytes, sentence: str) -> None:
    """A broken, foreign or future file is told so, with what to do."""
    with pytest.raises(Trouble) as trouble:
        matrix(data, "old.json")
    assert str(trouble.value).startswith(sentence)


VIEW = View("/shop")


def test_changes_are_told_to_people() -> None:
    """Each change says what there was and what there is, under what became of it, and the end counts them."""
    old = [_guarded(JWT), replace(ROUTE, rule="/old", cors=_cors("*"))]
    new = [ROUTE, replace(ROUTE, rule="/new", method="POST", cache=(_cache(),), exempt=("default",))]
    assert text(compared(old, new), VIEW).splitlines() == [
        "WEAKER",
        "  GET /items/<int:id> (shop.item) guard: jwt_required -> nothing: it was guarded and is open",
        "",
        "NEW, OPEN",
        "  POST /new (shop.item) open, cached 60 s by path",
        "",
        "GONE",
        "  GET /old (shop.item) open, CORS for any origin",
        "",
        "Protections: 1 weaker, 1 new and open, 1 gone.",
    ]


def test_an_exemption_is_told() -> None:
    """What a route is exempt from stands beside its limits."""
    (change,) = compared([ROUTE], [replace(ROUTE, exempt=("default", "application"))])
    assert (change.before, change.after) == ("nothing", "nothing, exempt from: default, application")


def test_no_change_is_told_to_people() -> None:
    """Where nothing has changed that is what is said."""
    assert text([], VIEW) == "The protections are as they were.\n"


def test_changes_are_told_to_programs() -> None:
    """As JSON every change has its parts, and each kind its count."""
    change = Change("GET", "/", "home", "guard", "weaker", "a", "redis://me:secret@host")
    document = json.loads(as_json([change]))
    assert document == {
        "version": 1,
        "changes": [{**msgspec.structs.asdict(change), "after": "redis://me:***@host"}],
        "summary": {"weaker": 1, "new, open": 0, "other": 0, "new": 0, "gone": 0, "stronger": 0},
    }
