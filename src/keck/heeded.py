"""What of an examination the project has chosen to ignore: by comments, and by patterns of files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from keck.examining import Examination, Verdict, endpoints, fold
from keck.facts import Facts, facts_of
from keck.finding import Finding
from keck.rule import ids, rules
from keck.settings import Settings
from keck.statements import statement_span
from keck.suppress import apply, per_file_ignores


def heeded(examination: Examination, settings: Settings) -> tuple[Examination, tuple[Finding, ...]]:
    """Return an examination without what is ignored, and what that was.

    A comment speaks for a finding of the app where it would speak for one of the source code; one that
    has nothing to ignore is not told of, as `keck check` may see what it is there for.

    Args:
        examination: its findings' paths are relative to its root.
        settings: `per_file_ignores` are heeded; which rules were asked has been decided before.
    """
    found = examination.findings
    root = Path(examination.root)
    facts = _facts(root, {one.place.path for one in found})
    kept = apply(
        found,
        {path: one.remarks for path, one in facts.items()},
        lambda path, line: statement_span(facts[path], line),
        ids(),
        lambda _: False,
    )
    kept = per_file_ignores(kept, settings, root)
    ignored = tuple(one for one in found if not any(one is each for each in kept))
    if not ignored:
        return examination, ()
    return refolded(examination, kept, "what it found is ignored by the project"), ignored


def refolded(examination: Examination, findings: Iterable[Finding], otherwise: str = "") -> Examination:
    """Return an examination with other findings, folded anew; the verdicts follow them.

    Args:
        examination: what was found before.
        findings: what is found now.
        otherwise: why a rule that has found something has nothing any more.
    """
    found = list(findings)
    failed = {one.rule for one in found}

    def verdict(one: Verdict) -> Verdict:
        if one.rule in failed and one.state in {"passed", "skipped"}:
            return msgspec.structs.replace(one, state="failed", reason="")
        if one.rule not in failed and one.state == "failed":
            return msgspec.structs.replace(one, state="skipped", reason=otherwise)
        return one

    return msgspec.structs.replace(
        examination,
        verdicts=tuple(map(verdict, examination.verdicts)),
        faults=fold(found, {one.id: one for one in rules()}, endpoints(examination.app)),
    )


def _facts(root: Path, paths: Iterable[str]) -> Mapping[str, Facts]:
    """Return the facts of the files in which something speaks to Keck."""
    found: dict[str, Facts] = {}
    for path in sorted(paths):
        try:
            data = (root / path).read_bytes()
        except (OSError, ValueError):
            continue
        if b"keck:" in data:
            found[path] = facts_of(data)
    return found
