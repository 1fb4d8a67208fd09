"""Takes apps at module level apart, as `keck fix --factory` does, and proves what comes of it.

    python bench/factory.py [FILE.toml] [--only shop,club] [--blueprints] [--write DIR] [--verbose]

Without FILE the ten apps of bench/factories are converted, which have suites. FILE lists others, as
bench/factories/projects.toml does: `name`, `root` (relative to FILE), `file`, `app`, and where needed `python` (its
interpreter), `env`, `tests`. Nothing is written below the roots. Prints a table, and exits with 1 if something failed:
a conversion that was made and does not parse, does not boot any more or is not the same app, whose suite ends in
another way, or that ended with an exception.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import os
import shutil
import sys
import time
import tomllib
import traceback
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from keck.deployment import deploys, workers
from keck.factory import Conversion, Refusal, convert
from keck.facts import facts_of
from keck.patch import Change, Patch
from keck.pins import pins
from keck.project import Project, Surroundings
from keck.proof import Proof, Prover
from keck.proof.outcome import Suite

OWN = Path(__file__).parent / "factories" / "projects.toml"
LARGEST = 1_000_000
OUT = {"node_modules", "__pycache__", "venv", "env", "instance"}
SHOWN = 8
"""So many differences of a proof are told."""

PROVEN, UNPROVEN, REFUSED, FAILED = "converted and proven", "converted, unproven", "refused", "failed"


class Case(msgspec.Struct):
    """An app to convert: see the module's description."""

    name: str
    file: str
    app: str
    root: str = ""
    style: str = ""
    python: str = sys.executable
    env: dict[str, str] = {}
    tests: str = ""
    note: str = ""
    timeout: float = 180.0


class Row(msgspec.Struct):
    """What became of a case; `told` is for a reader of the whole story."""

    name: str
    booted: str = "yes"
    outcome: str = ""
    why: str = ""
    before: str = ""
    after: str = ""
    seconds: float = 0.0
    told: list[str] = []


def cases(file: Path) -> list[Case]:
    """Return the cases that a file lists, their roots made absolute."""
    found = msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8"))["project"], list[Case])
    return [msgspec.structs.replace(one, root=str(file.parent.absolute() / (one.root or one.name))) for one in found]


def texts_of(root: Path) -> dict[str, str]:
    """Return all texts of a tree by their paths."""
    found = {}
    for folder, folders, names in os.walk(root):
        folders[:] = [
            one
            for one in folders
            if one not in OUT and (not one.startswith(".") or one in {".github", ".platform"})
            and not Path(folder, one, "pyvenv.cfg").exists()
        ]  # fmt: skip
        for name in names:
            path = Path(folder, name)
            if path.is_file() and path.stat().st_size <= LARGEST:
                with contextlib.suppress(UnicodeDecodeError):
                    found[path.relative_to(root).as_posix()] = path.read_bytes().decode()
    return found


def project_of(texts: Mapping[str, str]) -> Project:
    """Return the project that is made of some texts."""
    data = {path: text.encode() for path, text in texts.items()}
    others = {path: one for path, one in data.items() if not path.endswith(".py") or deploys(path)}
    facts = {path: facts_of(one) for path, one in data.items() if path.endswith(".py")}
    return Project(facts, Surroundings(pins(others), workers(others), tuple(sorted(others)), others))


def converted(case: Case, *, blueprints: bool = False) -> tuple[Patch, Conversion]:
    """Return what the conversion of a case makes.

    Raises:
        Refusal: it is not made.
        SyntaxError: what it writes does not parse.
    """
    root = Path(case.root)
    texts = texts_of(root)
    project = project_of(texts)
    (module,) = (one for one in project.modules if one.path == case.file)
    conversion = convert(project, texts, module, blueprints=blueprints)
    for path, text in conversion.files.items():
        if text is not None and path.endswith(".py"):
            ast.parse(text, path)
    patch = Patch({path: _change(root / path, text) for path, text in conversion.files.items()})
    return patch, conversion


def _change(path: Path, text: str | None) -> Change:
    before = path.read_bytes() if path.is_file() else None
    return Change(before, None if text is None else text.encode())


@contextlib.contextmanager
def variables(new: Mapping[str, str]) -> Iterator[None]:
    """Set variables of the environment for a while."""
    old = dict(os.environ)
    os.environ.update(new)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(old)


def row_of(case: Case, *, blueprints: bool = False, write: Path | None = None) -> Row:
    """Return what becomes of a case."""
    row = Row(case.name)
    begun = time.monotonic()
    with variables(case.env), contextlib.ExitStack() as stack:
        prover = stack.enter_context(
            Prover(Path(case.root), python=Path(case.python), app=case.app, timeout=case.timeout, tests=case.tests)
        )
        try:
            _fill(row, case, prover, blueprints=blueprints, write=write)
        except Refusal as refusal:
            row.outcome, row.why = REFUSED, str(refusal)
            row.booted = _sentence(prover.before.trouble) or "yes"
            row.before = suite(prover.tests_before) if case.tests else ""
        except Exception as error:  # noqa: BLE001 - one that fails leaves the others alone
            row.outcome, row.why = FAILED, f"{type(error).__name__}: {error}"
            row.told.append(traceback.format_exc())
    row.seconds = round(time.monotonic() - begun, 1)
    return row


def _fill(row: Row, case: Case, prover: Prover, *, blueprints: bool, write: Path | None) -> None:
    patch, conversion = converted(case, blueprints=blueprints)
    row.told += conversion.says
    if write:
        _write(patch, Path(case.root), write / case.name)
    proof = prover.prove(patch, intends=conversion.intends, app=conversion.app)
    row.booted = _sentence(proof.trouble) if proof.state == "not-booted" else "yes"
    if proof.tests:
        row.before, row.after = suite(proof.tests.before), suite(proof.tests.after) if proof.tests.after else ""
    row.outcome = UNPROVEN if proof.state == "not-booted" else PROVEN if proof.holds else FAILED
    if row.outcome == FAILED:
        row.why = _blame(proof)
    row.told.append(f"compared: {', '.join(f'{kind} {count}' for kind, count in sorted(proof.counts.items()))}")
    row.told += [f"as intended: {_difference(one)}" for one in proof.intended]
    row.told += [f"unexpected: {_difference(one)}" for one in proof.unexpected[:SHOWN]]


def _blame(proof: Proof) -> str:
    """Say why a proof does not hold."""
    if proof.state == "broken":
        return f"does not boot any more: {_sentence(proof.trouble)}"
    if proof.unexpected:
        return f"{len(proof.unexpected)} differences, {proof.unexpected[0].path} first"
    return f"the suite ends in another way: {proof.tests.after.last if proof.tests and proof.tests.after else ''}"


def _difference(one: Any) -> str:  # noqa: ANN401 - a Difference, which the proof does not export by that name
    return f"{one.path}: {(one.before or '(none)')[:300]} -> {(one.after or '(none)')[:300]}"


def suite(run: Suite) -> str:
    """Say how a suite ended."""
    return ", ".join(f"{count} {what}" for what, count in run.counts.items()) or f"exit {run.code}"


def _sentence(text: str) -> str:
    return " ".join(text.split())


def _write(patch: Patch, root: Path, target: Path) -> None:
    """Write the converted tree beside its diff."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for path in texts_of(root):
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(root / path, target / path)
    for path, change in patch.files.items():
        (target / path).unlink(missing_ok=True)
        if change.after is not None:
            (target / path).parent.mkdir(parents=True, exist_ok=True)
            (target / path).write_bytes(change.after)
    target.with_name(f"{target.name}.diff").write_text(patch.diff(), encoding="utf-8")


def table(rows: Sequence[Row]) -> str:
    """Return the rows as a table, and the sums below it."""
    lines = ["| project | booted before | outcome | suite before | after | seconds |", "|---|---|---|---|---|---|"]
    for row in rows:
        outcome = f"{row.outcome} ({row.why})" if row.why else row.outcome
        cells = (row.name, row.booted, outcome, row.before, row.after, f"{row.seconds:.1f}")
        lines.append("| " + " | ".join(one.replace("|", "\\|") for one in cells) + " |")
    sums = [f"{sum(row.outcome == one for row in rows)} {one}" for one in (PROVEN, UNPROVEN, REFUSED, FAILED)]
    boots = sum(row.booted == "yes" for row in rows)
    return "\n".join([*lines, "", f"{len(rows)} apps, {boots} of them boot: {', '.join(sums)}"])


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path, default=OWN)
    parser.add_argument("--only", default="")
    parser.add_argument("--blueprints", action="store_true")
    parser.add_argument("--write", type=Path)
    parser.add_argument("--verbose", action="store_true")
    given = parser.parse_args()
    only = set(filter(None, given.only.split(",")))
    rows = []
    for case in cases(given.file):
        if only and case.name not in only:
            continue
        rows.append(row_of(case, blueprints=given.blueprints, write=given.write))
        last = rows[-1]
        print(f"{last.name}: {last.outcome} {last.why} ({last.seconds} s)", file=sys.stderr, flush=True)
        for line in last.told if given.verbose else ():
            print(f"  {line}", file=sys.stderr, flush=True)
    print(table(rows))
    return int(any(row.outcome == FAILED for row in rows))


if __name__ == "__main__":
    sys.exit(main())
