from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from keck import gate
from keck.facts import facts_of
from keck.rule import ids, rules

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "bench"))

from planting import Ground, Unsuited, plant_of  # noqa: E402

LONG = b"# nothing to see here\n" * 40


def test_words_are_those_of_the_chosen_rules() -> None:
    """What is looked for is what the rules that are asked have declared, the shortest of words within words."""
    code, tests = gate.needles(ids())
    declared = {word.encode() for rule in rules() for word in rule.needles}
    assert set(code) <= declared
    assert all(any(word in one for word in code) for one in declared)
    assert not [one for one in code for other in code if one != other and one in other]
    assert all(any(word in one.encode() for word in tests) for rule in rules() for one in rule.test_needles)
    assert gate.needles(()) == ((), ())


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("app.py", LONG + b"app = Flask(__name__)"),
        ("app.py", b"x = 1"),
        ("app.py", LONG + b"# keck: ignore[cors/]"),
        ("shop/__init__.py", LONG),
        ("tests/shop/conftest.py", LONG),
        ("tests/test_app.py", LONG + b"client = 1"),
    ],
)
def test_what_may_matter_passes(path: str, data: bytes) -> None:
    """A file with a word of a rule is read whole; so is a short one, a package's own, a conftest, and one that speaks to Keck."""
    assert gate.passes(path, data, ((b"Flask",), (b"client",)))


@pytest.mark.parametrize(
    ("path", "data"), [("app.py", LONG), ("tests/test_app.py", LONG + b"Flask"), ("app.py", LONG + b"client")]
)
def test_what_matters_to_no_rule_does_not_pass(path: str, data: bytes) -> None:
    """A long file without a word is not read whole, nor is a test with words that matter outside tests only."""
    assert not gate.passes(path, data, ((b"Flask",), (b"client",)))


def test_rule_is_asked_where_its_extension_is() -> None:
    """A rule about an extension is asked if a file outside tests names it; one that requires nothing always, one for apps never."""
    free = {rule.id for rule in rules() if not rule.requires and rule.seen != "app"}
    assert set(gate.asked(ids(), {"app.py": b""})) == free
    assert "cors/unknown-option" in gate.asked(ids(), {"app.py": b"from flask_cors import CORS"})
    assert "cors/unknown-option" not in gate.asked(ids(), {"tests/test_app.py": b"from flask_cors import CORS"})
    assert gate.asked((), {"app.py": b"from flask_cors import CORS"}) == ()


EXAMPLES = ROOT / "examples"
PLANTS = ROOT / "bench" / "plants"


@pytest.mark.parametrize("rule", [rule for rule in rules() if rule.sees_code], ids=lambda rule: rule.id)
def test_gate_lets_each_rule_see_its_own_example(rule: object) -> None:
    """A rule is asked for its wrong example, and the files in which its faults stand pass by its words alone."""
    (one,) = (each for each in rules() if each is rule)
    lone = EXAMPLES / one.id / "wrong.py"
    tree = [lone] if lone.is_file() else sorted((EXAMPLES / one.id / "wrong").rglob("*.py"))
    mark = f"# keck: {one.id}".encode()
    contents = {
        path.name if path == lone else path.relative_to(lone.with_suffix("")).as_posix(): path.read_bytes()
        for path in tree
    }
    assert one.id in gate.asked([one.id], contents)
    words = gate.needles((one.id,))
    for path, data in contents.items():
        if mark in data and not facts_of(data).trouble:
            bare = data.replace(b"keck:", b"")
            assert gate.passes(path, bare + LONG, words), path


def compare(trees: Path) -> subprocess.CompletedProcess[str]:
    """Run the bench that compares what is said with the gate and without."""
    bench = str(ROOT / "bench" / "gate.py")
    return subprocess.run([sys.executable, bench, str(trees), "--verbose"], capture_output=True, text=True, check=False)


def test_gate_loses_nothing_of_our_examples(tmp_path: Path) -> None:
    """What is said of every example and of the shop is the same as when all their files are read and all rules asked."""
    shutil.copytree(EXAMPLES, tmp_path / "trees")
    for path in (tmp_path / "trees").rglob("*.py"):
        path.write_bytes(path.read_bytes().replace(b"# keck: ", b"# ") + LONG)  # else each would be read for that alone
    done = compare(tmp_path / "trees")
    assert done.returncode == 0, done.stdout
    assert "it loses 0 and adds 0" in done.stdout


def test_gate_loses_nothing_of_what_is_planted(tmp_path: Path) -> None:
    """What is said of every plant, long files all, is the same as when all files are read and all rules asked."""
    planted = 0
    for path in sorted(PLANTS.rglob("*.py")):
        plant = plant_of(path)
        tree = tmp_path / "trees" / f"{plant.rule}-{path.stem}".replace("/", "-")
        if path.parent.name == "wiring" or plant.rule == "unused-ignore":  # the comments of these are all that matters
            continue
        shutil.copytree(EXAMPLES / "app" / "extension-bound-in-constructor" / "right", tree)
        ground = Ground(tree)
        try:
            for one in plant.brings:
                if not ground.has(one):
                    ground.apply(plant_of(PLANTS / "wiring" / f"{one}.py"))
            ground.apply(plant)
        except Unsuited:
            shutil.rmtree(tree)
            continue
        ground.marks()
        planted += 1
        for each in tree.rglob("*.py"):
            each.write_bytes(each.read_bytes() + b"\n" + LONG)
    done = compare(tmp_path / "trees")
    assert planted > 150
    assert done.returncode == 0, done.stdout


def test_bench_tells_what_the_gate_loses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A finding that the gate costs is told and makes the bench fail."""
    import gate as bench  # type: ignore[import-not-found,unused-ignore]

    (tmp_path / "trees" / "shop").mkdir(parents=True)
    (tmp_path / "trees" / "shop" / "app.py").write_bytes(b"import flask\n\napp = flask.Flask(__name__)\n" + LONG)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["gate.py", str(tmp_path / "trees")])
        patch.setattr(gate, "passes", lambda *_: False)
        assert bench.main() == 1
    assert "lost: shop app.py:3 app/app-at-module-level" in capsys.readouterr().out
