"""An app is taken apart as a whole, or not at all."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from keck import fixing
from keck.cli import main
from keck.factory import Conversion
from keck.fixes.parting import LARGEST, contents
from keck.fixes.refused import Refused
from keck.fixes.survey import Survey
from keck.fixing import Repair
from keck.proof import Proof
from keck.settings import Settings
from keck.trouble import Trouble
from tests.fixes.toys import posix, write

APP = """from flask import Flask
from flask_caching import Cache

app = Flask(__name__)
app.config["CACHE_TYPE"] = "SimpleCache"
cache = Cache(app)


@app.get("/")
def home():
    return {}
"""
LATE = """
PREFIX = app.config["CACHE_TYPE"]


class Page:
    prefix = PREFIX


@cache.cached(key_prefix=PREFIX)
@app.get("/late")
def late():
    return {}
"""
FILES = {"requirements.txt": "flask\n", "app.py": APP}


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def apart(root: Path, file: str | None = None, *, proof: bool = False) -> Repair:
    """Take an app apart."""
    return fixing.take_apart([root], Settings(), root / file if file else None, proof=proof, python=sys.executable)


def converted(monkeypatch: pytest.MonkeyPatch, files: dict[str, str | None]) -> None:
    """Have the conversion come to these files."""
    monkeypatch.setattr("keck.factory.whole.convert", lambda *_, **__: Conversion(files, "app:create_app"))


def test_app_is_taken_apart_and_proven(tmp_path: Path) -> None:
    """The new files are there with their proof, and nothing is written."""
    write(tmp_path, FILES)
    found = apart(tmp_path, proof=True)
    assert {"app.py", "extensions.py"} <= set(found.patch.files)
    assert found.proofs[0].proof.holds
    assert sorted(one.name for one in tmp_path.iterdir()) == ["app.py", "requirements.txt"]


def test_project_below_the_root(tmp_path: Path) -> None:
    """Paths are relative to where the command runs."""
    write(tmp_path, {f"shop/{path}": text for path, text in FILES.items()})
    assert "shop/extensions.py" in apart(tmp_path).patch.files
    write(tmp_path, {f"other/{path}": text for path, text in FILES.items()})
    both = [tmp_path / "shop", tmp_path / "other"]
    found = fixing.take_apart(both, Settings(), tmp_path / "shop" / "app.py", proof=False)
    assert "shop/extensions.py" in found.patch.files


def test_app_that_would_not_be_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is to be written then; the proof says why."""
    write(tmp_path, FILES)
    converted(monkeypatch, {"app.py": "a = 1\n"})
    monkeypatch.setattr("keck.fixes.proving.proof_of", lambda *_: Proof("differs"))
    found = apart(tmp_path, proof=True)
    assert not found.patch
    assert found.proofs[0].proof.state == "differs"


def test_which_app(tmp_path: Path) -> None:
    """Without a name there has to be one; one that a function makes does not count beside one of a module."""
    with pytest.raises(
        Trouble, match=r"no Flask app is made here; name the file that makes it: `keck fix --factory app.py`"
    ):
        apart(tmp_path)
    write(tmp_path, {"tools.py": "from flask import Flask\n\n\ndef make():\n    return Flask('tools')\n"})
    write(tmp_path, FILES)
    assert "app.py" in apart(tmp_path).patch.files
    write(tmp_path, {"zoo.py": APP})
    with pytest.raises(
        Trouble, match=r"apps are made in app.py, zoo.py; name one of these files: `keck fix --factory app.py`"
    ):
        apart(tmp_path)
    assert "zoo.py" in apart(tmp_path, "zoo.py").patch.files
    write(tmp_path, {"other.py": ""})
    with pytest.raises(Trouble, match=r"no Flask app is made in .*other.py"):
        apart(tmp_path, "other.py")


def test_refusal_has_the_line(tmp_path: Path) -> None:
    """What cannot be done safely is refused with its place, relative to the root."""
    write(tmp_path, {"shop/requirements.txt": "", "shop/app.py": APP + LATE})
    with pytest.raises(Refused) as caught:
        apart(tmp_path)
    assert caught.value.path == "shop/app.py"
    assert str(caught.value) == f"shop/app.py:{caught.value.line}: {caught.value.why}"


@pytest.mark.parametrize("data", [b"\0", b"\xff\xfe"])
def test_file_that_cannot_be_read_is_not_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: bytes
) -> None:
    """One that the conversion could not see is no free place."""
    write(tmp_path, {**FILES, "extensions.py": data})
    converted(monkeypatch, {"app.py": "a = 1\n", "extensions.py": "b = 1\n"})
    with pytest.raises(Refused, match=r"extensions.py:1: it is there already, and cannot be read"):
        apart(tmp_path)


def test_character_that_the_encoding_lacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is refused, not replaced."""
    write(tmp_path, {**FILES, "app.py": b"# coding: latin-1\n# \xe9\n" + APP.encode()})
    converted(monkeypatch, {"app.py": "# coding: latin-1\n# \u20ac\n"})
    with pytest.raises(Refused, match=r"app.py:1: its encoding .* has no"):
        apart(tmp_path)


def test_files_that_go_or_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is said to be as it was is no change; other texts than code are UTF-8."""
    write(tmp_path, {**FILES, "Procfile": "web: gunicorn app:app\n", "old.py": "x = 1\n"})
    converted(monkeypatch, {"app.py": APP, "old.py": None, "Procfile": "web: \u00e9\n"})
    files = apart(tmp_path).patch.files
    assert sorted(files) == ["Procfile", "old.py"]
    assert files["old.py"].after is None
    assert files["Procfile"].after == "web: \u00e9\n".encode()


@posix
def test_what_may_speak_of_the_app(tmp_path: Path) -> None:
    """Code, templates and deployment are read; environments, media, data, links and what is huge are not."""
    read: dict[str, str | bytes] = {
        **FILES,
        "templates/a.html": "",
        ".flaskenv": "",
        "Makefile": "",
        "static/app.js": "",
        "in/run.sh": "",
    }
    write(tmp_path, read)
    passed_over: dict[str, str | bytes] = {
        ".venv/pyvenv.cfg": "",
        "env/pyvenv.cfg": "",
        "env/x.html": "",
        "node_modules/x.js": "",
        "a.png": "",
        "huge.txt": "x" * (LARGEST + 1),
        "binary.txt": b"\0",
    }
    write(tmp_path, passed_over)
    (tmp_path / "link.html").symlink_to("templates/a.html")
    (tmp_path / "round.html").symlink_to("round.html")
    os.mkfifo(tmp_path / "pipe.txt")
    with Survey([tmp_path], Settings()) as survey:
        assert sorted(contents(survey.jobs[0])) == sorted(read)


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """It writes all files, or shows them; a refusal is a line and exit code 1, also as JSON."""
    write(tmp_path, FILES)
    common = ["fix", "--factory", "--allow-dirty", "--no-proof"]
    assert main([*common, "--diff"]) == 1
    told = capsys.readouterr()
    assert "+++ b/extensions.py\n" in told.out
    assert "Would write" in told.err
    assert main([*common, "--output-format", "json", "--diff"]) == 1
    assert "extensions.py" in json.loads(capsys.readouterr().out)["files"]
    monkeypatch.setattr("keck.fixing.take_apart", _refuse)
    assert main(common) == 1
    assert capsys.readouterr() == ("", "app.py:7: no\n")
    assert main([*common, "--output-format", "json"]) == 1
    assert json.loads(capsys.readouterr().out) == {"version": 1, "refused": {"path": "app.py", "line": 7, "why": "no"}}
    monkeypatch.undo()
    monkeypatch.chdir(tmp_path)
    assert main(["fix", "--factory", "app.py", "--allow-dirty", "--no-proof"]) == 0
    assert capsys.readouterr().out.startswith("Nothing of this is proven, as `--no-proof` has it: ")
    assert (tmp_path / "extensions.py").exists()


def test_command_that_cannot_prove_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is written, the proof says why, and the exit code is 1."""
    write(tmp_path, {**FILES, "app.py": APP + "raise RuntimeError('no')\n"})
    converted(monkeypatch, {"app.py": "a = 1\n"})
    assert main(["fix", "--factory", "--allow-dirty", "--python", sys.executable]) == 1
    out = capsys.readouterr().out
    assert out.startswith("Proof: not proven: the app does not boot as it is: ")
    assert out.endswith("\nNothing was written: it could not be proven.\n")
    assert "RuntimeError" in (tmp_path / "app.py").read_text()


def _refuse(*_: object, **__: object) -> Repair:
    raise Refused("app.py", 7, "no")
