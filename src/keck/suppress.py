"""Takes out what the user has chosen to ignore, and tells of the ignores that ignore nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from os.path import normpath
from pathlib import Path

from keck.add_ignores import add_ignores
from keck.facts.record import Remark
from keck.finding import Finding, Level
from keck.ignores import Ignore, ignores_of
from keck.settings import Settings, matches
from keck.statements import statement_span

__all__ = ["UNUSED", "add_ignores", "apply", "per_file_ignores", "statement_span"]

UNUSED = "unused-ignore"


def apply(
    findings: Iterable[Finding],
    remarks: Mapping[str, tuple[Remark, ...]],
    statements: Callable[[str, int], tuple[int, int]],
    rule_ids: Collection[str],
    selected: Callable[[str], bool],
) -> list[Finding]:
    """Return the findings that no comment ignores, sorted, with those of unused-ignore.

    A comment speaks for a finding when it stands on any line of the statement where the finding
    starts, or alone on the line above it (several such comments may stand above one another);
    ``ignore-file`` speaks for its whole file.

    Args:
        findings: what the rules have said; nothing may have been taken out of it yet, or ignores
            would be called unused that are not.
        remarks: the comments that speak to Keck, by path.
        statements: gives the first and last line of the statement around a line of a path.
        rule_ids: the ids of all rules that exist.
        selected: whether a rule has been applied this time; an ignore of one that has not is not
            called unused.
    """
    ignores = {
        path: [ignore for remark in found for ignore in ignores_of(remark, rule_ids)]
        for path, found in remarks.items()
        if found
    }
    used: set[tuple[str, int, int, str]] = set()

    def ignored(finding: Finding) -> bool:
        path = finding.place.path
        hits = [
            (path, ignore.line, ignore.column, one)
            for ignore in _speaking(ignores.get(path, []), finding, statements)
            for one in ignore.ids
            if matches(finding.rule, [one])
        ]
        used.update(hits)
        return bool(hits)

    kept = [one for one in findings if not ignored(one)]
    if not selected(UNUSED):
        return sorted(kept, key=_order)

    def idle(path: str, ignore: Ignore) -> list[str]:
        """Return the ids of an ignore that could have matched and did not."""
        return [
            one
            for one in ignore.ids
            if (path, ignore.line, ignore.column, one) not in used
            and all(selected(rule) for rule in rule_ids if matches(rule, [one]))
        ]

    told: list[Finding] = []
    for path, found in ignores.items():
        for ignore in found:
            around = {one.rule for one in kept if one.place.path == path and _speaking([ignore], one, statements)}
            meant = f"[{', '.join(sorted(around)) or 'rule'}]"
            told += [_finding(path, ignore, fault, hint.replace("[rule]", meant)) for fault, hint in ignore.faults]
            unused = [one for one in idle(path, ignore) if one != UNUSED]
            if unused:
                told.append(_unused(path, ignore, unused))
    told = [one for one in told if not ignored(one)]
    # only now is it known which ignores of unused-ignore itself had something to ignore
    told += [
        _unused(path, ignore, [UNUSED])
        for path, found in ignores.items()
        for ignore in found
        if UNUSED in idle(path, ignore)
    ]
    return sorted(kept + told, key=_order)


def per_file_ignores(findings: Iterable[Finding], settings: Settings, root: Path | None = None) -> list[Finding]:
    """Return the findings that ``per-file-ignores`` does not take out.

    Args:
        findings: their paths are relative to `root`.
        settings: its patterns are relative to the settings' root, and are those of .gitignore;
            one that starts with ``!`` speaks for every file that it does not match.
        root: the root of the check, where it is not that of the settings.
    """
    if not settings.per_file_ignores or settings.root is None:
        return list(findings)
    from pathspec import GitIgnoreSpec

    home = settings.root.resolve()
    base = home if root is None else root.resolve()
    patterns = [
        (GitIgnoreSpec.from_lines([pattern.removeprefix("!")]), pattern.startswith("!"), selectors)
        for pattern, selectors in settings.per_file_ignores.items()
    ]
    known: dict[str, list[str]] = {}

    def selectors_at(path: str) -> list[str]:
        place = Path(normpath(base / path))  # not resolved: a link is where it stands
        if not place.is_relative_to(home):
            return []
        name = place.relative_to(home).as_posix()
        return [one for spec, negated, ids in patterns if spec.match_file(name) is not negated for one in ids]

    kept = []
    for finding in findings:
        path = finding.place.path
        if path not in known:
            known[path] = selectors_at(path)
        if not matches(finding.rule, known[path]):
            kept.append(finding)
    return kept


def _speaking(
    ignores: list[Ignore], finding: Finding, statements: Callable[[str, int], tuple[int, int]]
) -> list[Ignore]:
    """Return the ignores that stand where they speak for the finding."""
    if not ignores:
        return []
    first, last = statements(finding.place.path, finding.place.line)
    alone = {one.line for one in ignores if one.alone}
    while first - 1 in alone:
        first -= 1
    return [one for one in ignores if one.whole_file or first <= one.line <= last]


def _unused(path: str, ignore: Ignore, ids: list[str]) -> Finding:
    names = ", ".join(f"`{one}`" for one in ids)
    where = "this file" if ignore.whole_file else "this statement"
    what = "the comment" if len(ids) == len(ignore.ids) else f"{names} from the list"
    return _finding(
        path, ignore, f"{names} is ignored here, but not found in {where}", f"remove {what}", ", ".join(ids)
    )


def _finding(path: str, ignore: Ignore, message: str, help: str, symbol: str = "") -> Finding:
    return Finding(UNUSED, Level.note, ignore.place(path), message, help, symbol or ignore.text)


def _order(finding: Finding) -> tuple[str, int, int, str, str]:
    return finding.order
