from __future__ import annotations

import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from keck.new import new
from keck.new.starter import STARTER, read
from tests.small_starter import held

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a wheel that was built from the sdist, in a directory whose name needs quoting."""
    out = tmp_path_factory.mktemp("dist") / "my wheels"
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(ROOT))
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the Python of an environment of its own in which the wheel is installed."""
    environment = tmp_path_factory.mktemp("installed") / "env"
    python = made(environment)
    run(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", str(wheel))
    library = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
    (library / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    assert Path(run(python, "-c", "import keck; print(keck.__file__)").strip()).is_relative_to(library)
    return python


def made(environment: Path) -> str:
    """Make an environment and return its Python."""
    venv.create(environment, with_pip=False)
    scripts = environment / ("Scripts" if sys.platform == "win32" else "bin")
    return str(next(scripts.glob("python*")))


def run(*command: str) -> str:
    """Return what a command prints; a failure shows what it said."""
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_wheel_holds_the_starter(wheel: Path) -> None:
    """Built by way of the sdist, the wheel holds all of the starter, its dot files too, and nothing besides."""
    with zipfile.ZipFile(wheel) as archive:
        found = {
            name.removeprefix("keck/starter/"): archive.read(name)
            for name in archive.namelist()
            if name.startswith("keck/starter/")
        }
    assert found == {path: file.data for path, file in read(STARTER).files.items()}
    assert {".env.example", ".gitignore", ".github/workflows/ci.yml"} <= set(found)


def test_installed_wheel_writes_the_same_service(python: str, tmp_path: Path) -> None:
    """What an installed Keck writes is what the checkout writes, but for where each came from."""
    assert "Wrote my-shop to " in run(python, "-m", "keck", "new", "my-shop", str(tmp_path / "one"))
    new("my-shop", tmp_path / "two")
    besides = [".env", "requirements/keck.txt"]
    assert held(tmp_path / "one", besides) == held(tmp_path / "two", besides)


def test_installed_wheel_adds_to_a_service_of_the_checkout(python: str, tmp_path: Path) -> None:
    """A service that one copy of a Keck has written can be extended by another of the same."""
    new("my-shop", tmp_path / "one", without=["mail"])
    new("my-shop", tmp_path / "two")
    assert "Added mail: " in run(python, "-m", "keck", "add", "mail", str(tmp_path / "one"))
    assert held(tmp_path / "one", [".env"]) == held(tmp_path / "two", [".env"])


def test_requirement_installs_keck_again(python: str, wheel: Path, tmp_path: Path) -> None:
    """The line in the service's requirements is one from which pip installs the wheel."""
    run(python, "-m", "keck", "new", "shop", str(tmp_path / "out"))
    text = (tmp_path / "out" / "requirements" / "keck.txt").read_text(encoding="utf-8")
    (line,) = (one for one in text.splitlines() if one.startswith("keck @ "))
    assert line == f"keck @ {wheel.as_uri()}"
    (tmp_path / "keck.txt").write_text(line + "\n", encoding="utf-8")
    other = made(tmp_path / "env")
    run(
        *(sys.executable, "-m", "pip", "--python", other, "install", "--no-deps", "--no-index"),
        *("-r", str(tmp_path / "keck.txt")),
    )
    assert "keck" in run(other, "-c", "import importlib.metadata as m; print(m.distribution('keck').metadata['Name'])")
