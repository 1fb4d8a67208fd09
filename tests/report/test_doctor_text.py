from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from click import unstyle

from keck.examining import Examination, Fault, Verdict
from keck.finding import Finding, Level, Place, Related
from keck.live.record import LiveApp, Probes
from keck.report import View
from keck.report.doctor import render
from tests.examinations import CACHED, LOCAL, NOTE, WHOLE, clean, consequence, examined, live


def text(
    examination: Examination, width: int | None = None, level: Level = Level.warning, *, colour: bool = False
) -> str:
    """Return the report as seen from the root."""
    return render("text", examination, View(examination.root, level=level, width=width, colour=colour))


def section(report: str, title: str) -> list[str]:
    """Return the lines under a heading."""
    lines = report.splitlines()
    start = lines.index(title) + 1
    return lines[start : next((n for n in range(start, len(lines)) if not lines[n]), len(lines))]


def test_app_stands_in_one_line(tmp_path: Path) -> None:
    """Name, versions, modes and workers come first."""
    assert text(examined(tmp_path)).startswith(
        "shop: Flask 3.1.3, Python 3.11.7, debug off, testing off, 4 workers\n\n"
    )


def test_app_of_which_little_is_known_is_named_all_the_same(tmp_path: Path) -> None:
    """What is unknown is left out or called so, and an open context is told."""
    app = LiveApp("bare", root=tmp_path.as_posix(), debug=True, testing=True, context_pushed=True)
    report = text(Examination(app, tmp_path.as_posix()), 80)
    assert report == (
        "bare: debug on, testing on, workers unknown\n"
        "  An app context was left open when the app was imported.\n"
        "\n"
        "Bindings\n"
        "  None of the seven extensions is in use.\n"
        "\n"
        "Routes\n"
        "  The app has no routes.\n"
        "\n"
        "Backends\n"
        "  not asked\n"
        "\n"
        "Checks\n"
        "  0 passed, 0 failed, 0 skipped, 0 crashed\n"
        "\n"
        "Nothing of bare could be checked.\n"
    )


def test_bindings_say_where_each_instance_is_bound_and_what_is_odd(tmp_path: Path) -> None:
    """Every state has its word, and drift shows both values without a password."""
    assert section(text(examined(tmp_path), 100), "Bindings") == [
        "  Flask-SQLAlchemy 3.1.1  shop.extensions:db       this app              works",
        "  Flask-Caching 2.5.1     shop.extensions:cache    this app              inert",
        "      its backend is NullCache",
        "  Flask-Limiter 4.1.1     shop.extensions:limiter  this app, shop_admin  drifted",
        "      RATELIMIT_STORAGE_URI: memory:// is in use, redis://:***@cache:6379/0 is configured",
        "  Flask-JWT-Extended      shop.extensions:jwt      this app              twice",
        "      bound 2 times",
        "  Flask-Mail              (in no module)           no app                unbound",
        "  Flask-Migrate           shop.extensions:migrate  another app           elsewhere",
        "  Flask-CORS              shop.extensions:cors     this app, it seems    works",
    ]


def test_routes_are_one_line_and_a_hint(tmp_path: Path) -> None:
    """Files of the static endpoint are counted apart; the hint names the command that was used."""
    assert section(text(examined(tmp_path)), "Routes") == [
        (
            "  4 routes and 1 static: 1 open, 1 conditional, 1 optional, 1 guarded; 3 limited, 2 cached; "
            "CORS on 3 (1 for any origin); 1 unclear"
        ),
        "  `flask doctor routes` shows each one.",
    ]
    report = render("text", examined(tmp_path), View(tmp_path.as_posix(), command="keck doctor"))
    assert section(report, "Routes")[-1] == "  `keck doctor routes` shows each one."


def test_backends_have_state_time_and_detail(tmp_path: Path) -> None:
    """An unreachable backend is told apart from one that refuses and from a check that failed."""
    lines = section(text(examined(tmp_path), 80), "Backends")
    assert lines == [
        "  answers      database            12 ms   postgresql://shop:***@db/shop",
        "      PostgreSQL 16.2",
        "  refuses      migrations          200 ms  migrations",
        "      1 revision is pending",
        "  unreachable  redis of the cache  2.0 s   redis://cache:6379/0",
        "      connection refused",
        "  crashed      mail server                 smtp.example:587",
    ]


def test_app_without_backends_says_so(tmp_path: Path) -> None:
    """Asked and none there is not the same as not asked."""
    made = examined(tmp_path)
    assert section(text(msgspec.structs.replace(made, app=replace(made.app, answers=()))), "Backends") == [
        "  The app has none."
    ]


def test_probe_is_one_line(tmp_path: Path) -> None:
    """How many routes were asked, how long it took, and what was kept from happening; or why there was none."""
    made = examined(tmp_path)
    assert section(text(made), "Probe") == [
        "  1 of 4 routes and 1 static asked in 350 ms; 1 request tried what a probe may not do, and could not"
    ]
    unable = msgspec.structs.replace(made, app=replace(made.app, probes=Probes(unavailable="there is no fork here")))
    assert section(text(unable), "Probe") == ["  not done: there is no fork here"]
    assert "Probe" not in text(clean(tmp_path))


def test_finding_of_the_live_app_marks_its_whole_line(tmp_path: Path) -> None:
    """A live app knows no columns; who has seen the fault is told."""
    report = text(Examination(live(tmp_path), tmp_path.as_posix(), faults=(Fault(CACHED),)))
    assert (
        "Findings\n"
        "shop/views.py:7:5: error[together/cached-above-auth] "
        "`@cache.cached()` stands above `@jwt_required()`: once someone was let in, everybody gets the stored answer\n"
        "    7 |     @cache.cached(timeout=60)\n"
        "      |     ^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "      help: put `@jwt_required()` above `@cache.cached()`\n"
        "      see: shop/views.py:8:1: is passed by on a hit\n"
        "      seen: in the code and in the app\n"
    ) in report


def test_finding_of_the_code_keeps_its_columns(tmp_path: Path) -> None:
    """A place that source code gave is marked as there."""
    exact = msgspec.structs.replace(CACHED, place=Place("shop/views.py", 7, 6, 7, 18), seen="code")
    report = text(Examination(live(tmp_path), tmp_path.as_posix(), faults=(Fault(exact),)))
    assert "      |      ^^^^^^^^^^^^\n" in report


def test_finding_without_a_place_is_about_the_app(tmp_path: Path) -> None:
    """There is no path to print, neither in full nor in short, nor for what belongs to it."""
    whole = msgspec.structs.replace(WHOLE, related=(Related(Place(""), "made here"),))
    note = msgspec.structs.replace(NOTE, place=Place(""))
    report = text(Examination(live(tmp_path), tmp_path.as_posix(), faults=(Fault(whole), Fault(note))))
    assert "app: error[app/extension-never-bound] `mail` is bound to no app\n" in report
    assert "      see: app: made here\n" in report
    assert "note[sqlalchemy/legacy-query] app: `orders()` asks by `query`\n" in report


def test_secret_in_the_source_is_not_shown(tmp_path: Path) -> None:
    """The line is there, the literal is not."""
    report = text(examined(tmp_path))
    assert '    5 | SECRET_KEY = "***"\n      | ^^^^^^^^^^^^^^^^^^\n' in report
    assert "kettle" not in report


def test_consequences_stand_under_their_cause(tmp_path: Path) -> None:
    """Three of them, the worst first, and how many more there are."""
    lines = [line for line in text(examined(tmp_path)).splitlines() if line.startswith("      so:")]
    assert lines == [
        "      so: `/login5` has no limit [limiter/sensitive-route-unlimited]",
        "      so: `/login1` has no limit [limiter/sensitive-route-unlimited]",
        "      so: `/login2` has no limit [limiter/sensitive-route-unlimited]",
        "      so: and 2 more",
    ]


def test_cause_is_as_visible_as_the_worst_that_follows(tmp_path: Path) -> None:
    """A warning that brings about an error is shown at level error, and above a warning that does not."""
    mild = Fault(msgspec.structs.replace(CACHED, level=Level.warning))
    bad = Fault(LOCAL, (consequence(5, Level.error),))
    report = text(Examination(live(tmp_path), tmp_path.as_posix(), faults=(mild, bad)), level=Level.error)
    assert "so: `/login5` has no limit" in report
    assert "warning[together/cached-above-auth] shop/views.py:7: " in report
    assert "`--level warning` shows each one." in report
    assert "`keck explain limiter/process-local-storage` says why and what to do." in report


def test_checks_are_counted_and_what_was_not_told_has_its_reason(tmp_path: Path) -> None:
    """Skipped checks are summed up by what they lack; a crashed one is told with what happened."""
    assert section(text(examined(tmp_path)), "Checks") == [
        "  1 passed, 3 failed, 3 skipped, 1 crashed",
        "  3 skipped: 2 for Flask-Mail (not bound), 1 needs the backends; `--level note` lists them",
        "  crashed: caching/key-too-coarse: KeyError: 'key'",
    ]
    assert section(text(examined(tmp_path), level=Level.note), "Checks")[-4:] == [
        "  1 passed, 3 failed, 3 skipped, 1 crashed",
        "  skipped, Flask-Mail does not serve this app: mail/blocks-request, mail/misconfigured",
        "  skipped, the backends were not asked: sqlalchemy/legacy-query",
        "  crashed: caching/key-too-coarse: KeyError: 'key'",
    ]


def test_what_was_skipped_is_summed_up_in_words(tmp_path: Path) -> None:
    """An extension that the app has not is told apart from one that is bound elsewhere; other reasons are told as they are."""
    app = replace(live(tmp_path), instances=())
    reasons = [
        "the app is testing",
        "Flask-Mail does not serve this app",
        "the app was not probed",
        "the backends were not asked",
        "the backends were not asked",
    ]
    verdicts = tuple(Verdict(f"a/{n}", "", "skipped", one) for n, one in enumerate(reasons))
    assert section(text(Examination(app, "/", verdicts)), "Checks") == [
        "  0 passed, 0 failed, 5 skipped, 0 crashed",
        (
            "  5 skipped: 2 need the backends, 1 for Flask-Mail (not used), 1 as the app is testing, 1 needs `--probe`; "
            "`--level note` lists them"
        ),
    ]


@pytest.mark.parametrize(
    ("files", "faults", "line"),
    [
        (1, (), "Code: 1 file checked, nothing found"),
        (12, (Fault(LOCAL),), "Code: 12 files checked, nothing found"),
        (12, (Fault(CACHED), Fault(NOTE)), "Code: 12 files checked, 1 error and 1 note found"),
    ],
)
def test_the_check_of_the_code_leaves_a_trace(tmp_path: Path, files: int, faults: tuple[Fault, ...], line: str) -> None:
    """What the code shows is counted, and that it shows nothing is said; without such a check there is no word of it."""
    made = Examination(live(tmp_path), tmp_path.as_posix(), faults=faults, files=files)
    assert f"\n\n{line}\n\n" in text(made)
    assert "Code:" not in text(msgspec.structs.replace(made, files=None))


def test_an_app_without_extensions_is_told_so_first(tmp_path: Path) -> None:
    """Why there is so little to tell comes right below the app, and once."""
    notice = "This app uses none of Flask-Mail."
    made = Examination(LiveApp("bare"), tmp_path.as_posix(), notices=(notice, "passed over 3 notebooks"))
    report = text(made)
    assert report.splitlines()[:3] == ["bare: debug off, testing off, workers unknown", "", notice]
    assert (report.count(notice), report.count("passed over")) == (1, 1)


def test_level_note_lists_each_check_by_its_good_state(tmp_path: Path) -> None:
    """A check without a title is named by its rule."""
    lines = section(text(examined(tmp_path), level=Level.note), "Checks")
    assert "  passed   Tokens expire [jwt/token-never-expires]" in lines
    assert "  skipped  sqlalchemy/legacy-query [sqlalchemy/legacy-query]" in lines
    none = text(Examination(live(tmp_path), tmp_path.as_posix()), level=Level.note)
    assert section(none, "Checks") == ["  0 passed, 0 failed, 0 skipped, 0 crashed"]


@pytest.mark.parametrize(
    ("verdicts", "faults", "last"),
    [
        ((), (Fault(NOTE),), "Found 1 note in shop."),
        ((), (Fault(LOCAL, (consequence(1),)),), "Found 1 warning, and 1 consequence in shop."),
        ((Verdict("a", "", "passed"),), (), "No faults found in shop by 1 check."),
        (
            (Verdict("a", "", "passed"), Verdict("b", "", "crashed", "KeyError: 1")),
            (),
            "No faults found in shop by 1 check; 1 check crashed and can say nothing.",
        ),
        (
            (Verdict("b", "", "crashed", "KeyError: 1"),),
            (),
            "Nothing of shop could be checked; 1 check crashed and can say nothing.",
        ),
    ],
)
def test_last_line_is_the_verdict(
    tmp_path: Path, verdicts: tuple[Verdict, ...], faults: tuple[Fault, ...], last: str
) -> None:
    """What was found, what follows, and what could not be told."""
    report = text(Examination(live(tmp_path), tmp_path.as_posix(), verdicts, faults))
    assert report.splitlines()[-1] == last


def test_verdict_of_everything(tmp_path: Path) -> None:
    """Levels are told apart, notices stand before, and the last line ends the report."""
    report = text(examined(tmp_path))
    assert "\n\npassed over 3 notebooks\n\n" in report
    assert report.endswith(
        "Found 3 errors, 1 warning and 1 note, and 5 consequences in shop; 1 check crashed and can say nothing.\n"
    )


@pytest.mark.parametrize("width", [64, 80, 120])
def test_no_line_is_wider_than_the_terminal(tmp_path: Path, width: int) -> None:
    """Tables give up columns rather than break the lines; only a word that is longer than a line stays whole."""
    for line in text(examined(tmp_path), width).splitlines():
        assert len(line) <= width or " " not in line.strip(), line


def test_colour_changes_nothing_but_colour(tmp_path: Path) -> None:
    """The painted report without its ANSI sequences is the plain report, at any width."""
    for width in (60, 120):
        painted = text(examined(tmp_path), width, colour=True)
        assert "\x1b[32m" in painted
        assert unstyle(painted) == text(examined(tmp_path), width)
    assert (
        text(clean(tmp_path), colour=True)
        .rstrip()
        .endswith("\x1b[32m\x1b[1mNo faults found in shop by 1 check.\x1b[0m")
    )
    broken = Examination(live(tmp_path), "/", (Verdict("b", "", "crashed", "KeyError: 1"),))
    assert "\x1b[33m\x1b[1mNothing of shop" in text(broken, colour=True)


def test_nothing_of_the_app_can_steer_the_terminal(tmp_path: Path) -> None:
    """Control characters in names, messages and reasons are shown as question marks."""
    app = live(tmp_path)
    evil = "\x1b[2J\n\u202e"
    hostile = replace(
        app,
        name=evil,
        instances=tuple(replace(one, name=evil, inert=evil) for one in app.instances),
        answers=tuple(replace(one, name=evil, where=evil, detail=evil) for one in app.answers or ()),
    )
    finding = Finding("app/x", Level.error, Place("shop/views.py", 1), evil, evil)
    verdicts = (Verdict("b", evil, "crashed", evil), Verdict("c", evil, "skipped", evil))
    made = Examination(hostile, tmp_path.as_posix(), verdicts, (Fault(finding, (finding,)),), (evil,))
    for level in Level:
        report = text(made, 80, level)
        assert "\x1b" not in report
        assert "\u202e" not in report
    assert text(made, 80).isascii()
