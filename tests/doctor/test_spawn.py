from __future__ import annotations

import json
import platform
import sys
import time
from importlib import metadata
from pathlib import Path

import pytest

from keck.doctor import child, spawn
from keck.doctor.child import answer, encoded
from keck.live.record import LiveApp, Spot
from keck.trouble import Trouble
from tests.doctor.apps import BARE, CLEAN
from tests.doctor.conftest import Project

HERE = Path(sys.executable)
PATIENCE = 60.0
ELSEWHERE = (
    f"the app ran under {sys.executable}; its packages may be in another environment: name its Python with --python"
)


def _read(app: str, timeout: float = PATIENCE) -> LiveApp:
    return spawn.read(HERE, app, timeout=timeout)


def _trouble(app: str, timeout: float = PATIENCE, python: Path = HERE) -> str:
    with pytest.raises(Trouble) as trouble:
        spawn.read(python, app, timeout=timeout)
    return str(trouble.value)


def test_an_app_is_read_in_another_interpreter(project: Project) -> None:
    """What was read there arrives here as records."""
    here = project({"shop.py": CLEAN})
    app = _read("shop")
    assert (app.name, app.root) == ("shop", here.as_posix())
    assert {one.endpoint: one.exposure for one in app.routes if not one.static} == {"orders": "guarded", "news": "open"}
    assert [one.name for one in app.of("jwt", "this")] == [""]


@pytest.mark.parametrize("app", ["shop:create_app", "shop:create_app('bare')", ""])
def test_factories_and_what_flask_finds_are_read(project: Project, app: str) -> None:
    """The app is named as for Flask, and need not be."""
    project({"shop.py": BARE, "app.py": BARE})
    assert _read(app).name == "bare"


def test_an_app_may_print_and_close_its_streams(project: Project, capfd: pytest.CaptureFixture[str]) -> None:
    """The answer does not come by way of the streams, and nothing that the app prints is seen."""
    noise = "import os, sys\nprint('noise')\nsys.stdout.close()\nos.close(1)\nsys.stderr.close()\n"
    project({"shop.py": noise + "from flask import Flask\napp = Flask('shop')\n"})
    assert _read("shop").name == "shop"
    assert capfd.readouterr() == ("", "")


def test_what_the_app_prints_is_shown_where_it_is_asked_for(
    project: Project, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """With KECK_DEBUG all of it goes to standard error."""
    monkeypatch.setenv("KECK_DEBUG", "1")
    project({"shop.py": "print('noise')\nraise RuntimeError('no')\n"})
    assert "Traceback (most recent call last)" in _trouble("shop")
    assert capfd.readouterr() == ("", "noise\n")


def test_the_environment_is_that_of_a_flask_command(project: Project) -> None:
    """`app.run()` does nothing, .env is read, and the arguments are those of `flask`."""
    project(
        {
            ".env": "SHOP_NAME=from-env\nFLASK_APP=shop\n",
            "shop.py": """
                import os, sys
                from flask import Flask

                app = Flask(os.environ["SHOP_NAME"])
                assert sys.argv == ["flask", "--app", "shop", "doctor"], sys.argv
                app.run()
                """,
        }
    )
    assert _read("").name == "from-env"


def test_env_is_left_alone_where_that_is_said(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """FLASK_SKIP_DOTENV is heeded."""
    monkeypatch.setenv("FLASK_SKIP_DOTENV", "1")
    project({".env": "FLASK_APP=shop\n", "shop.py": CLEAN})
    assert _trouble("").startswith("there is no wsgi.py and no app.py here")


def test_threads_of_the_app_are_not_waited_for(project: Project) -> None:
    """A thread that would keep the interpreter alive does not keep the answer."""
    project(
        {
            "shop.py": "import threading, time\nfrom flask import Flask\n"
            "app = Flask('shop')\nthreading.Thread(target=time.sleep, args=[50]).start()\n"
        }
    )
    start = time.monotonic()
    assert _read("shop").name == "shop"
    assert time.monotonic() - start < 30


def test_modules_beside_the_app_hide_none_of_ours(project: Project) -> None:
    """A module of the project with a name of the standard library does no harm before Flask is imported."""
    project({"shop.py": CLEAN, "faulthandler.py": "raise RuntimeError", "platform.py": "raise RuntimeError"})
    assert _read("shop").name == "shop"


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for an environment is made of links and a script")
def test_keck_need_not_be_installed_there(project: Project, tmp_path: Path) -> None:
    """An environment with Flask and nothing else is enough: the app sees no package that is not its own."""
    packages = tmp_path / "packages"
    packages.mkdir()
    for name in ("flask", "werkzeug", "jinja2", "markupsafe", "itsdangerous", "click", "blinker"):
        found = metadata.distribution(name)
        tops = {file.parts[0] for file in found.files or () if file.parts[0] not in {"..", "__pycache__"}}
        for top in tops:
            (packages / top).symlink_to(str(found.locate_file(top)))
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nPYTHONPATH="{packages}" exec "{sys.executable}" -S "$@"\n')
    python.chmod(0o755)
    project(
        {
            "shop.py": BARE
            + """
    for name in ("msgspec", "rich", "libcst"):
        try:
            __import__(name)
        except ImportError:
            pass
        else:
            raise RuntimeError(name)
    """
        }
    )
    assert spawn.read(python, "shop", timeout=PATIENCE).name == "bare"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("1 / 0\n", "`shop` cannot be imported: ZeroDivisionError: division by zero (shop.py:1)"),
        ("import no_such_library\n",
         "`shop` cannot be imported: ModuleNotFoundError: No module named 'no_such_library' (shop.py:1); " + ELSEWHERE),
        ("import sys\nsys.exit(3)\n",
         "`shop` calls sys.exit() while it is loaded (shop.py:2); keep what ends the process out of that"),
        ("import os\nos._exit(3)\n",
         "the interpreter was ended with exit code 3 while `shop` was loaded; KECK_DEBUG=1 shows all"),
        ("import os, sys\nsys.stderr.write('the disk is full\\n\\n')\nsys.stderr.flush()\nos._exit(4)\n",
         "the interpreter was ended with exit code 4 while `shop` was loaded: the disk is full"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n",
         "the interpreter was ended by SIGSEGV while `shop` was loaded; KECK_DEBUG=1 shows all"),
        ("import os\nos.kill(os.getpid(), 40)\n",
         "the interpreter was ended by signal 40 while `shop` was loaded; KECK_DEBUG=1 shows all"),
    ],
)  # fmt: skip
@pytest.mark.skipif(sys.platform != "linux", reason="signals have other numbers elsewhere")
def test_an_app_that_ends_its_interpreter_is_told_of(project: Project, text: str, sentence: str) -> None:
    """However the other interpreter ends without an answer, that is told in one sentence."""
    project({"shop.py": text})
    assert _trouble("shop") == sentence


def test_an_app_that_hangs_is_ended(project: Project) -> None:
    """After the time limit the app is ended with all that it has started, and where it stood is told."""
    here = project(
        {
            "shop.py": """
                import subprocess, sys, time

                child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
                open("pid", "w").write(str(child.pid))
                def wait():
                    time.sleep(60)
                wait()
                """
        }
    )
    start = time.monotonic()
    assert _trouble("shop", 6) == (
        "`shop` was not loaded within 6 s, it stands at shop.py:6; --timeout SECONDS gives it longer"
    )
    assert time.monotonic() - start < 20
    pid = int((here / "pid").read_text())
    for _ in range(100):
        if not _lives(pid):
            break
        time.sleep(0.05)
    assert not _lives(pid)


def _lives(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False


def test_an_app_that_hangs_when_it_is_read_is_told_of(project: Project) -> None:
    """Whether the app was being loaded or read is told, and no line of the project where none is known."""
    project(
        {
            "shop.py": """
                import faulthandler, time
                from flask import Flask

                faulthandler.cancel_dump_traceback_later()

                class Slow(Flask):
                    testing = property(lambda self: time.sleep(60))

                app = Slow("shop")
                """
        }
    )
    assert _trouble("shop", 6) == "`shop` was not read within 6 s; --timeout SECONDS gives it longer"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("#!/bin/sh\nexit 1\n", "the interpreter python does not run Keck's code"),
        ("#!/bin/sh\necho 'broken installation' >&2\n",
         "the interpreter python does not run Keck's code: broken installation"),
        ("#!/bin/sh\nexec sleep 60\n", "`shop` was not loaded within 1 s; --timeout SECONDS gives it longer"),
    ],
)  # fmt: skip
@pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins for interpreters are scripts of a shell")
def test_an_interpreter_that_runs_nothing_is_told_of(project: Project, text: str, sentence: str) -> None:
    """An interpreter whose installation is broken is blamed itself."""
    here = project({"python": text})
    (here / "python").chmod(0o755)
    assert _trouble("shop", 1 if "sleep" in text else PATIENCE, here / "python") == sentence


def test_nothing_stays_behind(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder that the two interpreters share is gone afterwards, and the project is as it was."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    here = project({"shop.py": CLEAN})
    before = sorted(tmp_path.iterdir()), sorted(here.iterdir())
    _read("shop")
    assert (sorted(tmp_path.iterdir()), sorted(here.iterdir())) == before


def _asked(folder: Path, app: str) -> dict[str, object]:
    return {"app": app, "interpreter": "python", "folder": str(folder), "until": time.time() + 60, "backends": False,
            "probe": False}  # fmt: skip


def test_the_answer_is_an_app_or_a_sentence(project: Project, tmp_path: Path) -> None:
    """Inside of the other interpreter either of the two is the answer."""
    project({"shop.py": CLEAN})
    found = json.loads(encoded(answer(_asked(tmp_path, "shop"))))
    assert found["app"]["name"] == "shop"
    assert (tmp_path / child.LOADED).exists()
    assert answer(_asked(tmp_path, "nope"))["trouble"].startswith("there is no module `nope` in ")


def test_a_fault_of_ours_is_no_fault_of_the_app(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the reader itself fails that is what is said; what it refuses is a sentence of its own."""
    project({"shop.py": CLEAN})

    def fails(error: Exception) -> str:
        def read(*_: object, **__: object) -> None:
            raise error

        monkeypatch.setattr("keck.live.read.read", read)
        return str(answer(_asked(tmp_path, "shop"))["trouble"])

    told = fails(ZeroDivisionError("no"))
    assert told.startswith(f"a fault of Keck itself, not of your project, under Python {platform.python_version()}: ")
    assert told.endswith("; set KECK_DEBUG=1 to see all of it, and report it")
    assert fails(Trouble("not this one")) == "not this one"


def test_what_is_no_plain_data_is_sent_as_text() -> None:
    """Whatever an extension's record holds, the answer arrives."""
    data = encoded({"spot": Spot("a", 1, 2), "other": {1: Path("x"), "text": "\udc80\U0001f600"}})
    assert json.loads(data) == {
        "spot": {"path": "a", "line": 1, "end_line": 2},
        "other": {"1": "x", "text": "?\U0001f600"},
    }
