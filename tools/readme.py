"""Writes what the program itself says best: the demo and the rule list in README.md, and a page a rule in docs/rules.

python tools/readme.py           write them
python tools/readme.py --check   write nothing; exit 1 where something is out of date
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from keck.examples import example_of
from keck.explain import markdown
from keck.fixable import repair_of
from keck.rule import rules

ROOT = Path(__file__).resolve().parents[1]
DEMO = (
    ("keck", "check", "--no-cache", "examples/legacy-shop"),
    ("keck", "explain", "together/decorator-above-route"),
)
PAGES = ROOT / "docs" / "rules"
FINE = {0, 1}  # exit codes of a run that did its work, with findings or without


def demo() -> str:
    """Return the demo's commands and what they print, as a code block."""
    parts = []
    for command in DEMO:
        done = subprocess.run(
            [sys.executable, "-m", *command],
            cwd=ROOT,
            env={**os.environ, "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        if done.returncode not in FINE:
            raise SystemExit(f"{' '.join(command)} failed with exit {done.returncode}:\n{done.stderr}")
        shown = " ".join(word for word in command if word != "--no-cache")
        parts.append(f"$ {shown}\n{done.stdout.rstrip()}")
    return "```text\n" + "\n\n".join(parts) + "\n```"


def rule_table() -> str:
    """Return every rule with its usual level, who sees it, its fix and its title, as a Markdown table."""
    rows = [
        f"| [`{rule.id}`](docs/rules/{rule.id}.md) | {rule.level.name} | {rule.seen} | {repair_of(rule)} | {cell(rule.title)} |"
        for rule in rules()
    ]
    return "\n".join(["| rule | level | seen by | `keck fix` | what is wrong |", "|---|---|---|---|---|", *rows])


def pages() -> dict[Path, str]:
    """Return the page of each rule by the file where it stands."""
    return {PAGES / f"{rule.id}.md": markdown(rule, example_of(rule.id)) for rule in rules()}


def cell(text: str) -> str:
    """Return text as it may stand in a cell of a Markdown table."""
    return text.replace("``", "`").replace("|", r"\|")


def filled(text: str, name: str, content: str) -> str:
    """Return `text` with `content` between the markers ``<!-- name:start -->`` and ``<!-- name:end -->``."""
    start, end = f"<!-- {name}:start -->", f"<!-- {name}:end -->"
    before, found_start, rest = text.partition(start)
    _, found_end, after = rest.partition(end)
    if not (found_start and found_end):
        raise SystemExit(f"README.md has no block between {start} and {end}")
    return f"{before}{start}\n{content}\n{end}{after}"


def main(arguments: list[str]) -> int:
    """Write README.md and the pages, or say whether they are up to date."""
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    wanted = {readme: filled(filled(text, "demo", demo()), "rules", rule_table()), **pages()}
    stale = [path for path, new in wanted.items() if not path.is_file() or path.read_text(encoding="utf-8") != new]
    left_over = [path for path in PAGES.rglob("*.md") if path not in wanted]
    if not stale and not left_over:
        print("README.md and docs/rules are up to date")
        return 0
    if "--check" in arguments:
        names = ", ".join(path.relative_to(ROOT).as_posix() for path in [*stale, *left_over][:5])
        print(f"out of date: {names}: run `python tools/readme.py`")
        return 1
    for path in left_over:
        path.unlink()
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(wanted[path], encoding="utf-8", newline="\n")
        print(f"{path.relative_to(ROOT).as_posix()} written")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
