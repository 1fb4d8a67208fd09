"""The baseline: what it takes, what it leaves, what it says when it is stale or broken."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from keck.baseline import Entry, apply, load, notice, write
from keck.finding import Finding, Level, Place
from keck.trouble import Trouble


def finding(path: str = "app.py", symbol: str = "index", line: int = 1, rule: str = "cors/unknown-option") -> Finding:
    """Return a finding; what a baseline matches by can be said."""
    return Finding(rule, Level.error, Place(path, line, 1, line, 9), f"message of {rule}", "help", symbol)


@pytest.fixture(name="file")
def _file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return where the baseline is to stand, beside an app.py."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "app.py").touch()
    return tmp_path / "keck-baseline.json"


def test_what_is_written_is_what_is_documented(file: Path) -> None:
    """The file is JSON in a stable order, with one entry a rule, path and symbol."""
    found = [
        finding(line=9),
        finding("b.py"),
        finding(line=3),
        finding(symbol="", rule="app/x"),
        finding("a.py", "\u00fc"),
    ]
    assert write(found, file) == (5, 0)
    assert json.loads(file.read_text("utf-8")) == {
        "version": 1,
        "entries": [
            {"rule": "cors/unknown-option", "path": "a.py", "symbol": "\u00fc", "count": 1, "reason": ""},
            {"rule": "app/x", "path": "app.py", "symbol": "message of app/x", "count": 1, "reason": ""},
            {"rule": "cors/unknown-option", "path": "app.py", "symbol": "index", "count": 2, "reason": ""},
            {"rule": "cors/unknown-option", "path": "b.py", "symbol": "index", "count": 1, "reason": ""},
        ],
    }
    before = file.read_bytes()
    assert before.endswith(b"}\n")
    assert b"\r" not in before
    write(reversed(found), file)
    assert file.read_bytes() == before


def test_what_was_written_is_taken_out(file: Path) -> None:
    """Right after writing nothing is left and nothing is stale, whatever the lines are by then."""
    write([finding(line=3), finding(line=9), finding(symbol="")], file)
    later = [finding(line=70), finding(line=4), finding(symbol="", line=8)]
    assert apply(later, load(file), file) == ([], ())


@pytest.mark.parametrize(
    "new",
    [finding(symbol="other"), finding(rule="cors/open-by-default"), finding("other.py"), finding(symbol="")],
)
def test_another_rule_path_or_symbol_is_new(file: Path, new: Finding) -> None:
    """An entry takes nothing but its own, as long as its file is there."""
    write([finding()], file)
    assert apply([finding(), new], load(file), file) == ([new], ())
    kept, stale = apply([new], load(file), file)
    assert kept == [new]
    assert [one.path for one in stale] == ["app.py"]


def test_more_than_counted_are_told(file: Path) -> None:
    """An entry takes as many as it counts, from the top of the file; the rest is new."""
    write([finding(line=1), finding(line=2)], file)
    found = [finding(line=30), finding(line=20), finding(line=10)]
    assert apply(found, load(file), file) == ([found[0]], ())


def test_an_entry_that_counts_too_many_is_stale_by_the_rest(file: Path) -> None:
    """Mending one of three leaves one stale."""
    write([finding(line=1), finding(line=2), finding(line=3)], file)
    kept, stale = apply([finding(line=1), finding(line=3)], load(file), file)
    assert kept == []
    assert stale == (Entry("cors/unknown-option", "app.py", "index", 1),)


def test_the_same_entry_twice_counts_twice(file: Path) -> None:
    """A merge that leaves two entries of one key does no harm, and tells of it once."""
    entry = {"rule": "a/b", "path": "app.py", "symbol": "s"}
    file.write_text(json.dumps({"version": 1, "entries": [entry, entry]}))
    assert apply([finding(rule="a/b", symbol="s")] * 2, load(file), file) == ([], ())
    assert apply([], load(file), file)[1] == (Entry("a/b", "app.py", "s", 2),)


def test_a_moved_file_keeps_its_entries(file: Path) -> None:
    """Where the entry's file is gone, the same rule and symbol in another file is the same finding."""
    write([finding("gone.py")], file)
    assert apply([finding("moved.py")], load(file), file) == ([], ())
    assert apply([finding("moved.py"), finding("second.py")], load(file), file) == ([finding("second.py")], ())
    assert apply([finding("moved.py", "other")], load(file), file)[0] == [finding("moved.py", "other")]


@pytest.mark.parametrize("path", ["main.py", "src/main.py", "shop/views/__init__.py"])
@pytest.mark.parametrize("symbol", ["app:a", "app:Shop.show", "app:", "app.py"])
def test_a_moved_file_keeps_its_entries_under_another_module_name(file: Path, path: str, symbol: str) -> None:
    """The module's name and the file's path in a symbol move with the file, and so do reasons."""
    write([finding(symbol=symbol)], file)
    file.write_text(file.read_text().replace('"reason": ""', '"reason": "why"'))
    (file.parent / "app.py").unlink()
    module = path.removesuffix(".py").replace("/", ".")
    later = finding(path, path if symbol == "app.py" else symbol.replace("app:", f"{module}:"))
    assert apply([later], load(file), file) == ([], ())
    assert apply([later, later], load(file), file)[0] == [later]
    other = finding(path, f"{module}:b")
    assert apply([other], load(file), file)[0] == [other]
    write([later], file)
    assert [(one.path, one.reason) for one in load(file)] == [(path, "why")]


def test_a_moved_file_takes_its_own_entry_first(file: Path) -> None:
    """Of two entries that are gone, the one with the very symbol is used up first."""
    write([finding("one.py", "one:a"), finding("two.py", "two:a")], file)
    kept, stale = apply([finding("shop/two.py", "two:a")], load(file), file)
    assert (kept, [one.path for one in stale]) == ([], ["one.py"])


def test_another_module_of_a_file_that_stands_is_new(file: Path) -> None:
    """A symbol counts with its module as long as the entry's file is there."""
    write([finding(symbol="app:a")], file)
    assert apply([finding("main.py", "main:a")], load(file), file)[0] == [finding("main.py", "main:a")]


def test_a_file_with_an_entry_of_its_own_takes_no_other(file: Path) -> None:
    """The second finding in a file that had one is new, even if the same is gone elsewhere."""
    write([finding("gone.py"), finding("app.py")], file)
    kept, stale = apply([finding("app.py", line=1), finding("app.py", line=2)], load(file), file)
    assert kept == [finding("app.py", line=2)]
    assert [one.path for one in stale] == ["gone.py"]


def test_paths_are_relative_to_the_baseline(file: Path) -> None:
    """Checking a folder matches the same entries as checking the whole project."""
    root = file.parent
    (root / "shop").mkdir()
    (root / "shop" / "views.py").touch()
    write([finding("views.py")], file, root / "shop")
    assert load(file)[0].path == "shop/views.py"
    assert apply([finding("views.py")], load(file), file, root / "shop") == ([], ())
    assert apply([finding("shop/views.py")], load(file), file, root) == ([], ())
    outer = root / "shop" / "baseline.json"
    write([finding("app.py")], outer, root)
    assert load(outer)[0].path == "../app.py"


def test_what_was_not_looked_at_is_not_stale(file: Path) -> None:
    """Entries of rules not selected and of files not checked say nothing."""
    write([finding("shop/a.py"), finding("api/b.py"), finding("shop/a.py", rule="jwt/x")], file)
    root = file.parent
    stale = apply([], load(file), file, root, selected=lambda rule: rule.startswith("cors/"), checked=[root / "shop"])[
        1
    ]
    assert [(one.path, one.rule) for one in stale] == [("shop/a.py", "cors/unknown-option")]
    assert len(apply([], load(file), file, root, checked=[root])[1]) == 3


def test_reasons_survive_rewriting(file: Path) -> None:
    """A reason stays with its entry, also when the file has been moved, and goes with it."""
    write([finding(), finding("old.py", "moved"), finding("old.py", "mended")], file)
    content = json.loads(file.read_text())
    for entry in content["entries"]:
        entry["reason"] = f"why {entry['symbol']}"
    file.write_text(json.dumps(content))
    write([finding(line=7), finding("new.py", "moved"), finding("new.py", "fresh")], file)
    assert {(one.path, one.symbol): one.reason for one in load(file)} == {
        ("app.py", "index"): "why index",
        ("new.py", "fresh"): "",
        ("new.py", "moved"): "why moved",
    }


def test_an_empty_baseline_is_one(file: Path) -> None:
    """A clean project has a baseline without entries."""
    assert write([], file) == (0, 0)
    assert load(file) == ()
    assert apply([finding()], load(file), file) == ([finding()], ())


def test_a_byte_order_mark_is_no_fault(file: Path) -> None:
    """A baseline that a Windows editor has saved is read."""
    file.write_bytes(b'\xef\xbb\xbf{"version": 1,\r\n"entries": []}')
    assert load(file) == ()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "keck-baseline.json:1: broken baseline: Expecting value"),
        (b'{"version": 1,\n"entries": [\n<<<<<<< HEAD\n]}', "keck-baseline.json:3: broken baseline: Expecting value"),
        (b"[]", "keck-baseline.json: broken baseline: Expected `object`, got `array`"),
        (b'{"version": 1}', "keck-baseline.json: broken baseline: Object missing required field `entries`"),
        (
            b'{"version": 1, "entries": [{"rule": "a", "path": "b", "symbol": "c", "reasn": ""}]}',
            "unknown field `reasn` - at `$.entries[0]`",
        ),
        (
            b'{"version": 1, "entries": [{"rule": "a", "path": "b", "symbol": "c", "count": 0}]}',
            "at `$.entries[0].count`",
        ),
        (b'{"version": 2, "entries": []}', "a baseline of version 2, where this Keck knows 1"),
        (b"\xff", "keck-baseline.json: broken baseline: not UTF-8; mend it, or delete it and write it anew"),
    ],
)
def test_a_broken_baseline_is_told(file: Path, data: bytes, said: str) -> None:
    """Broken JSON, a wrong field and a future version are one sentence each, and are not overwritten."""
    file.write_bytes(data)
    with pytest.raises(Trouble) as caught:
        load(file)
    assert said in str(caught.value)
    with pytest.raises(Trouble):
        write([finding()], file)
    assert file.read_bytes() == data


def test_a_missing_baseline_is_told_with_how_to_make_one(file: Path) -> None:
    """A baseline that is set and does not exist says how to write it."""
    with pytest.raises(Trouble, match=r"there is no baseline keck-baseline\.json; write it with `keck check --write-b"):
        load(file)


def test_what_can_be_neither_read_nor_written_is_told(file: Path) -> None:
    """A directory in place of the file is one sentence."""
    file.mkdir()
    with pytest.raises(Trouble, match=r"the baseline keck-baseline\.json cannot be read"):
        load(file)
    with pytest.raises(Trouble, match=r"the baseline none/keck-baseline\.json cannot be written"):
        write([finding()], file.parent / "none" / "keck-baseline.json")


def test_the_notice_names_three_and_counts_the_rest(file: Path) -> None:
    """One line tells of stale entries, none of none."""
    assert notice((), file) == ""
    one = (Entry("cors/a", "app.py", "x"),)
    assert notice(one, file) == (
        "keck-baseline.json: 1 entry is stale, the findings are gone (cors/a in app.py); "
        "write it anew with `keck check --write-baseline`"
    )
    assert "2 entries are stale, the findings are gone (cors/a in app.py); " in notice(one * 2, file)
    five = tuple(Entry("cors/a", f"{name}.py", "x") for name in "abcde")
    assert "5 entries are stale, the findings are gone (cors/a in a.py, " in notice(five, file)
    assert "cors/a in c.py and 2 more)" in notice(five, file)


def test_what_was_not_looked_at_stays(file: Path) -> None:
    """Writing what a part of the rules says of a part of the files keeps the entries of the others."""
    every = [
        finding("app.py", "x", rule="cors/a"),
        finding("app.py", "y", rule="jwt/b"),
        finding("one/views.py", "z", rule="cors/a"),
    ]
    assert write(every, file) == (3, 0)
    assert write([], file, selected=lambda rule: rule == "cors/a", checked=[file.parent / "one"]) == (0, 2)
    assert [(one.rule, one.path) for one in load(file)] == [("cors/a", "app.py"), ("jwt/b", "app.py")]
