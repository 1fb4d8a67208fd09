"""What is built, what is pinned, and what the README says."""

from __future__ import annotations

import re
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from keck.version import __version__

ROOT = Path(__file__).resolve().parents[1]
PINNED = re.compile(
    r"[A-Za-z0-9._-]+==\d[\w.]*( ; python_version [!=]= \"3\.\d+\"| ; sys_platform == \"(?:win32|linux)\"| ; sys_platform != \"win32\")?"
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a directory with the sdist and the wheel that was built from it."""
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(ROOT))
    return out


def run(*command: str) -> str:
    """Return what a command prints; a failure shows what it said."""
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def lines(name: str) -> list[str]:
    """Return the lines of a requirements file without comments."""
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    return [found for line in text.splitlines() if (found := line.partition("#")[0].rstrip())]


def needs(name: str, extra: str = "") -> set[str]:
    """Return the normalised names of what an installed distribution needs here."""
    found = [Requirement(text) for text in metadata.requires(name) or ()]
    return {canonicalize_name(one.name) for one in found if one.marker is None or one.marker.evaluate({"extra": extra})}


def test_wheel_installs_and_runs(built: Path, tmp_path: Path) -> None:
    """The wheel gives a working `keck` command in an environment of its own."""
    venv.create(tmp_path / "env", with_pip=False)
    scripts = tmp_path / "env" / ("Scripts" if sys.platform == "win32" else "bin")
    python = str(next(scripts.glob("python*")))
    wheel = str(next(built.glob("*.whl")))
    run(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", wheel)
    library = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
    (library / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    assert Path(run(python, "-c", "import keck; print(keck.__file__)").strip()).is_relative_to(library)
    assert __version__ in run(str(next(scripts.glob("keck*"))), "--version")
    assert __version__ in run(python, "-m", "keck", "--version")


def test_wheel_holds_types_and_examples(built: Path) -> None:
    """The wheel holds the type marker and the examples that `keck explain` shows, and nothing beside the package."""
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        names = wheel.namelist()
    assert "keck/py.typed" in names
    assert "keck/examples/legacy-shop/app.py" in names
    assert {name.partition("/")[0] for name in names} == {"keck", f"keck-{__version__}.dist-info"}


def test_sdist_holds_what_the_tests_need(built: Path) -> None:
    """From the sdist alone the suite can be run."""
    with tarfile.open(next(built.glob("*.tar.gz"))) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    assert {"Makefile", "LICENSE", "requirements/test.txt", "tests/test_packaging.py", "tools/readme.py"} <= names
    assert not [name for name in names if name.startswith(".venv") or "__pycache__" in name or ".keck_cache" in name]


STARTER = "../src/keck/starter/requirements/service.txt"
INCLUDED = {
    "dev.txt": ["-r test.txt", "-r lint.txt", "-r service.txt", "-r live.txt", "-r bench.txt"],
    "live.txt": ["-r service.txt"],
    "service.txt": [f"-r {STARTER}"],
    "bench.txt": ["-r test.txt", "-r service.txt"],
    "../src/keck/starter/requirements/dev.txt": ["-r service.txt"],
}


@pytest.mark.parametrize("name", ["test.txt", "lint.txt", STARTER, *INCLUDED])
def test_pins_are_exact(name: str) -> None:
    """A requirements file holds exact versions only, so that today's run can be had again."""
    assert [line for line in lines(name) if not PINNED.fullmatch(line)] == INCLUDED.get(name, [])


@pytest.mark.parametrize(
    "names",
    [["test.txt"], ["test.txt", "service.txt", STARTER], ["test.txt", "service.txt", "live.txt", STARTER]],
    ids=["keck", "service", "live"],
)
def test_pins_are_complete(names: list[str]) -> None:
    """Whatever the tests need is pinned, down to what its dependencies need."""
    found = [line for name in names for line in lines(name) if not line.startswith("-r ")]
    pinned = {canonicalize_name(Requirement(line).name) for line in found}
    todo, seen = {"keck", *pinned}, set[str]()
    while todo:
        name = todo.pop()
        try:
            needed = needs(name)
        except metadata.PackageNotFoundError:  # pinned for another platform or Python
            continue
        seen |= needed
        todo |= needed - pinned
    assert seen <= pinned


def test_readme_is_up_to_date() -> None:
    """The demo's output and the rule list in README.md are what the program says today."""
    assert "up to date" in run(sys.executable, str(ROOT / "tools" / "readme.py"), "--check")


def test_readme_sends_nobody_to_an_index() -> None:
    """The name is not published: nobody is told to install it by name."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"(?:pip|pipx|uv|uvx|poetry)[\w ]* (?:install|add|run|tool) keck\b", text) == []
