"""Fills the parts of README.md that the program itself says best: what the demo prints, and the rules.

python tools/readme.py           write them
python tools/readme.py --check   write nothing; exit 1 where README.md is out of date
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from keck.rule import rules

ROOT = Path(__file__).resolve().parents[1]
DEMO = (
    ("keck", "check", "--no-cache", "examples/legacy-shop"),
    ("keck", "explain", "together/decorator-above-route"),
)
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
    """Return every rule with its usual level and its title, as a Markdown table."""
    rows = [f"| `{rule.id}` | {rule.level.name} | {cell(rule.title)} |" for rule in rules()]
    return "\n".join(["| rule | level | what is wrong |", "|---|---|---|", *rows])


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
    """Write README.md, or say whether it is up to date."""
    path = ROOT / "README.md"
    old = path.read_text(encoding="utf-8")
    new = filled(filled(old, "demo", demo()), "rules", rule_table())
    if new == old:
        print("README.md is up to date")
        return 0
    if "--check" in arguments:
        print("README.md is out of date: run `python tools/readme.py`")
        return 1
    path.write_text(new, encoding="utf-8", newline="\n")
    print("README.md written")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
