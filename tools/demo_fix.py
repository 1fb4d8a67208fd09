"""Repair a small shop with `keck fix`: what `make demo` shows between the check and the new service."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SHOP = Path(__file__).parents[1] / "examples" / "legacy-shop"


def say(line: str) -> None:
    """Print a line at once."""
    print(line, flush=True)


def quietly(*command: str, folder: Path) -> None:
    """Run a command in `folder`.

    Raises:
        SystemExit: it failed; with what it printed.
    """
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{done.stdout}{done.stderr}")


def keck(*arguments: str, folder: Path, fails: bool = False) -> None:
    """Run Keck in `folder`, and say so; what it finds is no failure where `fails` says so.

    Raises:
        SystemExit: it could not do what it was asked.
    """
    say(f"\n$ keck {' '.join(arguments)}")
    command = Path(sys.executable).with_name("keck")
    done = subprocess.run([str(command), *arguments], cwd=folder, check=False)
    if done.returncode > int(fails):
        sys.exit(f"keck {arguments[0]} ended with exit code {done.returncode}")


def main() -> None:
    """Copy the shop, give it an environment of its own, repair it, and show what is left."""
    with tempfile.TemporaryDirectory(prefix="keck-demo-", ignore_cleanup_errors=True) as scratch:
        folder = Path(scratch) / "legacy-shop"
        shutil.copytree(SHOP, folder)
        say("(a copy of examples/legacy-shop, in an environment with what its requirements.txt pins)")
        quietly(sys.executable, "-m", "venv", ".venv", folder=folder)
        scripts = "Scripts" if sys.platform == "win32" else "bin"
        pip = (
            str(folder / ".venv" / scripts / "python"),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        )
        quietly(*pip, "--requirement", "requirements.txt", folder=folder)
        keck("fix", "--allow-dirty", folder=folder, fails=True)
        keck("fix", "--factory", "--allow-dirty", folder=folder)
        say("\n$ ls")
        say("  ".join(sorted(one.name for one in folder.iterdir() if not one.name.startswith("."))))
        keck("check", folder=folder, fails=True)


if __name__ == "__main__":
    main()
