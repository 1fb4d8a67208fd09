from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pytest

from keck.examining import Examination, Fault, Verdict
from keck.finding import Finding, Level, Place, Related
from keck.live.record import LiveApp
from keck.report import View
from keck.report.doctor import render
from keck.report.doctor.html import inline, prose, soft
from tests.examinations import LOCAL, NOTE, clean, consequence, examined, large, live

EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&{{ 7*7 }}\u202e\x00"
VOID = {"meta", "link", "img", "input", "br", "hr", "wbr"}


class Page(HTMLParser):
    """What a browser would see: elements, attributes, text; and that each element is closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.stack: list[str] = []
        self.feed(html)
        self.close()
        assert self.stack == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element of SVG that closes itself."""
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """Close the innermost element, which must be this one."""
        assert self.stack.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note text; that of scripts and styles is none."""
        if not {"script", "style"} & set(self.stack):
            self.words.append(data)

    @property
    def text(self) -> str:
        """The text of the page on one line."""
        return " ".join("".join(self.words).split())


def html(examination: Examination) -> str:
    """Return the page as seen from the root."""
    return render("html", examination, View(examination.root))


def test_page_holds_everything_that_is_known(tmp_path: Path) -> None:
    """Verdict, findings with consequences and explanation, bindings, backends, routes, probe and checks."""
    text = Page(html(examined(tmp_path))).text
    for part in (
        "Found 3 errors, 1 warning and 1 note, and 5 consequences in shop; 1 check crashed and can say nothing.",
        "passed over 3 notebooks",
        "once someone was let in, everybody gets the stored answer",
        "seen in the code and in the app",
        "@cache.cached(timeout=60)",
        "put @jwt_required() above @cache.cached()",
        "shop/views.py:8 is passed by on a hit",
        "After the first authorised request, anyone without a token gets the stored answer",
        "5 consequences of it",
        "/login3 has no limit",
        "RATELIMIT_STORAGE_URI: memory:// is in use, redis://:***@cache:6379/0 is configured",
        "PostgreSQL 16.2",
        "2.0 s",
        "1 of 4 routes and 1 static asked in 350 ms",
        "/orders/<int:id>",
        "60 s by path",
        "never runs: @limiter.limit('1/day')",
        "did not reach the view",
        "not asked: its view is built in",
        "KeyError: 'key'",
        "Flask-Mail does not serve this app",
    ):
        assert part in text
    assert "kettle" not in text


def test_page_of_an_app_without_anything_is_a_page(tmp_path: Path) -> None:
    """Every section says that there is nothing, none is missing."""
    app = LiveApp("bare", root=tmp_path.as_posix(), context_pushed=True)
    page = Page(html(Examination(app, tmp_path.as_posix())))
    for part in (
        "Nothing of bare could be checked.",
        "An app context was left open",
        "None of the seven extensions is in use.",
        "Not asked.",
        "The app has no routes.",
    ):
        assert part in page.text
    assert "The app has none." in Page(html(Examination(replace(app, answers=()), "/"))).text
    assert {"findings", "bindings", "backends", "routes", "checks"} <= {
        attributes.get("id") for tag, attributes in page.elements if tag == "section"
    }


@pytest.mark.parametrize(
    ("faults", "states", "outcome"),
    [
        ((Fault(LOCAL),), (), "warning"),
        ((Fault(LOCAL, (consequence(1, Level.error),)),), (), "error"),
        ((), ("passed", "skipped"), "passed"),
        ((), ("passed", "crashed"), "crashed"),
        ((), ("skipped",), "skipped"),
    ],
)
def test_head_shows_the_worst(tmp_path: Path, faults: tuple[Fault, ...], states: tuple[str, ...], outcome: str) -> None:
    """A crashed check is no clean bill, and neither is nothing that was checked."""
    verdicts = tuple(msgspec.convert({"rule": state, "title": "", "state": state}, Verdict) for state in states)
    written = html(Examination(live(tmp_path), tmp_path.as_posix(), verdicts, faults))
    assert f'class="verdict {outcome}"' in written


@pytest.mark.parametrize(("count", "folded"), [(3, False), (4, True)])
def test_many_notes_are_folded_together(tmp_path: Path, *, count: int, folded: bool) -> None:
    """Three notes stand among the findings; more than that are behind one line, each with its anchor."""
    notes = tuple(Fault(msgspec.structs.replace(NOTE, help=f"use {n}")) for n in range(count))
    written = html(Examination(live(tmp_path), tmp_path.as_posix(), faults=notes))
    page = Page(written)
    assert ('<details class="notes"><summary>4 notes</summary>' in written) == folded
    assert [one["id"] for _, one in page.elements if (one.get("id") or "").startswith("finding-")] == [
        f"finding-{n}" for n in range(1, count + 1)
    ]
    assert "None." not in page.text


def test_findings_of_one_rule_with_one_advice_are_told_together(tmp_path: Path) -> None:
    """Each has its place, message and anchor; another advice, or what follows from one, keeps it apart."""
    mild = msgspec.structs.replace(LOCAL, message="another counts alone", place=Place("shop/other.py", 9))
    other = msgspec.structs.replace(LOCAL, help="set something else")
    related = msgspec.structs.replace(mild, related=(Related(Place("shop/views.py", 8), "is made here"),))
    faults = (Fault(LOCAL), Fault(mild), Fault(related), Fault(other), Fault(LOCAL, (consequence(1),)))
    page = Page(html(Examination(live(tmp_path), tmp_path.as_posix(), faults=faults)))
    assert sum(tag == "article" for tag, _ in page.elements) == 3
    assert "2 more of the same shop/other.py:9 another counts alone" in page.text
    assert "; shop/views.py:8 is made here" in page.text
    assert {f"finding-{n}" for n in range(1, 6)} <= {one.get("id") for _, one in page.elements}


def test_the_check_of_the_code_leaves_a_trace(tmp_path: Path) -> None:
    """How many files were checked is told, and nothing where none were."""
    made = clean(tmp_path)
    assert "Code:" not in Page(html(made)).text
    assert "Code: 7 files checked, nothing found." in Page(html(msgspec.structs.replace(made, files=7))).text


def test_page_asks_for_nothing(tmp_path: Path) -> None:
    """No element fetches, links lead into the page only, and nothing is styled or scripted in place."""
    page = Page(html(examined(tmp_path)))
    for tag, attributes in page.elements:
        assert tag not in {"link", "img", "iframe", "object", "embed", "base", "form"}
        assert not {"src", "style", "srcset", "action"} & attributes.keys()
        assert not [name for name in attributes if name.startswith("on")]
        assert (attributes.get("href") or "#").startswith("#")


def test_policy_allows_the_pages_own_script_and_style_only(tmp_path: Path) -> None:
    """The Content-Security-Policy names both by their hashes, and forbids everything else."""
    written = html(examined(tmp_path))
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', written)
    for tag in ("style", "script"):
        (body,) = re.findall(f"<{tag}>(.*?)</{tag}>", written, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'; ")
    assert "base-uri 'none'; form-action 'none'" in policy


def test_names_of_the_project_are_text_and_nothing_else(tmp_path: Path) -> None:
    """Whatever an app calls its things, no element and no attribute comes of it."""
    made = examined(tmp_path)
    app = made.app
    step = app.routes[1].order[0]
    hostile = replace(
        app,
        name=EVIL,
        python=EVIL,
        instances=tuple(
            replace(one, name=EVIL, others=(EVIL,), inert=EVIL, bound=EVIL, extension=EVIL) for one in app.instances
        ),
        routes=tuple(
            replace(
                one,
                rule=EVIL,
                endpoint=EVIL,
                method=EVIL,
                name=EVIL,
                exposure=EVIL,
                static=False,
                order=(replace(step, kind=EVIL, text=EVIL, at=EVIL),),
                guards=tuple(replace(guard, name=EVIL, how=EVIL) for guard in one.guards),
                limits=tuple(replace(limit, text=EVIL, key=EVIL) for limit in one.limits),
                cache=tuple(replace(use, key=EVIL) for use in one.cache),
                cors=replace(one.cors, source=EVIL, origins=(EVIL,), policies=({"source": EVIL, "origins": [EVIL]},)),
                dead=(EVIL,),
                unseen=EVIL,
                exempt=(EVIL,),
            )
            for one in app.routes
        ),
        answers=tuple(replace(one, name=EVIL, where=EVIL, detail=EVIL, state=EVIL) for one in app.answers or ()),
        probes=None,
    )
    finding = Finding(EVIL, Level.error, Place(EVIL), EVIL, EVIL, symbol=EVIL, seen=EVIL, tags=(EVIL,))
    verdicts = (Verdict(EVIL, EVIL, "crashed", EVIL),)
    evil = Page(html(Examination(hostile, made.root, verdicts, (Fault(finding, (finding,)),), (EVIL,))))
    tame = Page(html(made))
    assert "<script>alert(1)</script>" in evil.text
    assert "{{ 7*7 }}" in evil.text
    assert "\u202e" not in evil.text
    assert {tag for tag, _ in evil.elements} <= {tag for tag, _ in tame.elements}
    assert {name for _, attributes in evil.elements for name in attributes} <= {
        name for _, attributes in tame.elements for name in attributes
    } | {"title"}
    assert sum(tag == "script" for tag, _ in evil.elements) == 1


def test_page_can_be_written_as_utf_8(tmp_path: Path) -> None:
    """A name with half a surrogate pair is shown with a question mark."""
    app = replace(live(tmp_path), name="shop\udcff")
    written = html(Examination(app, tmp_path.as_posix()))
    assert "<h1>shop?</h1>" in written
    assert written.encode("utf-8")


def test_finding_is_linked_from_its_route(tmp_path: Path) -> None:
    """A route that a finding is about leads to it, whether by symbol or by tag."""
    made = examined(tmp_path)
    about = msgspec.structs.replace(LOCAL, symbol="shop.basket", tags=("shop.items",))
    written = html(msgspec.structs.replace(made, faults=(*made.faults, Fault(about))))
    rows = written.split("<tbody")
    hits = [re.search(r'rowheader" scope="row"><span class="name">([^<]*)', row) for row in rows if 'class="hit' in row]
    assert [found[1] for found in hits if found] == ["/items", "/basket"]


def test_related_source_that_is_gone_leaves_the_finding_whole(tmp_path: Path) -> None:
    """A finding in a file that can't be read has its place, and no source."""
    gone = msgspec.structs.replace(LOCAL, place=Place("gone.py", 3), rule="made/up", help="")
    page = Page(html(Examination(live(tmp_path), tmp_path.as_posix(), faults=(Fault(gone),))))
    assert "gone.py:3" in page.text
    assert "What it is" not in page.text


def test_clean_app_shows_no_findings(tmp_path: Path) -> None:
    """None is an answer."""
    text = Page(html(clean(tmp_path))).text
    assert "No faults found in shop by 1 check." in text
    assert "Findings None." in text


def test_page_of_many_routes_is_small_enough(tmp_path: Path) -> None:
    """500 routes make a page of less than two megabytes."""
    written = html(large(tmp_path, 500))
    assert written.count('<tbody role="rowgroup" class=') == 500
    assert len(written) < 2_000_000


def test_prose_of_a_rules_page_becomes_paragraphs_and_lists() -> None:
    """Backticks are code, items are lists, and everything else is text."""
    assert prose("first `a < b`\n\n- one\n- two\n\nlast") == (
        "\n<p>First <code>a &lt; b</code></p>\n<ul><li>one</li><li>two</li></ul>\n<p>last</p>"
    )
    assert inline("a ` b") == "a ` b"
    assert soft("shop.views.a_b(<x>)") == "shop.<wbr>views.<wbr>a_<wbr>b(&lt;x&gt;)"
