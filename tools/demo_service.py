"""Make a service with `keck new`, start it, and take the walk of its README: what `make demo` shows after the check."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

PERSON = {"email": "ann@example.com", "password": "correct horse battery"}


def say(line: str) -> None:
    """Print a line at once."""
    print(line, flush=True)


def run(command: list[str], folder: Path, *, shown: str) -> None:
    """Run a command in `folder`, and say what it is.

    Raises:
        SystemExit: it failed; with what it printed.
    """
    say(f"$ {shown}")
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{done.stdout}{done.stderr}")


class Asked:
    """Asks the service, and shows what was asked and answered."""

    def __init__(self, root: str) -> None:
        self.root = root

    def __call__(self, method: str, path: str, body: object = None, token: str | None = None) -> tuple[int, Any]:
        """Return the status and the JSON of an answer, None where it has no body."""
        headers = {"content-type": "application/json"} if body is not None else {}
        if token:
            headers["authorization"] = f"Bearer {token}"
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(self.root + path, data, headers, method=method)  # noqa: S310 - ours, on loopback
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - ours, on loopback
                status, text = answer.status, answer.read()
        except urllib.error.HTTPError as refused:
            status, text = refused.code, refused.read()
        document = json.loads(text) if text else None
        detail = document.get("detail") if isinstance(document, dict) and status >= 400 else ""
        say(f"  {method:4} {path:22} {status} {detail or ''}".rstrip())
        return status, document


def free_port() -> int:
    """A port of the loopback interface that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def wait_for(root: str, server: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the service answers.

    Raises:
        SystemExit: it stopped, or did not answer within 30 s; with its log.
    """
    for _ in range(150):
        try:
            urllib.request.urlopen(f"{root}/livez", timeout=1).close()  # noqa: S310 - ours, on loopback
        except OSError:
            if server.poll() is not None:
                break
            time.sleep(0.2)
        else:
            return
    sys.exit(log.read_text(encoding="utf-8", errors="replace"))


def mailed_token(folder: Path) -> str:
    """The token of the mail that the service has kept in `instance/mail`."""
    for _ in range(50):
        for mail in (folder / "instance" / "mail").glob("*.eml"):
            found = re.search(r"^([\w-]{43})\s*$", mail.read_text(encoding="utf-8"), re.MULTILINE)
            if found:
                return found[1]
        time.sleep(0.2)
    sys.exit("no mail came")


def walk(ask: Asked, folder: Path) -> None:
    """Register, verify, log in, refresh, replay and be refused.

    Raises:
        SystemExit: an answer was not what it has to be.
    """
    ask("POST", "/api/auth/register", PERSON)
    ask("POST", "/api/auth/verify", {"token": mailed_token(folder)})
    _, first = ask("POST", "/api/auth/login", PERSON)
    ask("GET", "/api/account", token=first["access_token"])
    _, second = ask("POST", "/api/auth/refresh", token=first["refresh_token"])
    ask("POST", "/api/auth/refresh", token=second["refresh_token"])
    replayed, _ = ask("POST", "/api/auth/refresh", token=first["refresh_token"])
    after, _ = ask("GET", "/api/account", token=first["access_token"])
    if (replayed, after) != (401, 401):
        sys.exit("a spent refresh token was accepted")


def main() -> None:
    """Make the service in a temporary directory, ask it, stop it, and leave nothing behind."""
    keck = Path(sys.executable).with_name("keck")
    with tempfile.TemporaryDirectory(prefix="keck-demo-", ignore_cleanup_errors=True) as scratch:
        folder = Path(scratch) / "shop"
        run([str(keck), "new", "shop"], Path(scratch), shown="keck new shop")
        run([sys.executable, "-m", "venv", ".venv"], folder, shown="cd shop && make run")
        binaries = folder / ".venv" / ("Scripts" if os.name == "nt" else "bin")
        python = str(binaries / "python")
        say("  (makes .venv and applies the migrations first)")
        pip = [
            python,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "-r",
            "requirements/service.txt",
        ]
        for command in (pip, [python, "-m", "flask", "--app", "wsgi", "db", "upgrade"]):
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
            if done.returncode:
                sys.exit(f"{done.stdout}{done.stderr}")
        port = free_port()
        log = Path(scratch) / "log"
        with log.open("wb") as output:
            server = subprocess.Popen(
                [python, "-m", "shop.serve"],
                cwd=folder,
                env={**os.environ, "PORT": str(port)},
                stdout=output,
                stderr=subprocess.STDOUT,
            )
            try:
                root = f"http://127.0.0.1:{port}"
                wait_for(root, server, log)
                walk(Asked(root), folder)
            finally:
                server.send_signal(signal.SIGTERM)
                server.wait(timeout=40)
    say("The spent token was refused, and the session with it. Make your own: .venv/bin/keck new shop")


if __name__ == "__main__":
    main()
