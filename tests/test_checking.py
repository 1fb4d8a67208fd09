from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

import keck
from keck import checking, verdicts
from keck.checking import Outcome, check
from keck.facts import facts_of
from keck.rule import rules
from keck.settings import Settings
from keck.source import find
from keck.trouble import Trouble
from tests.test_analysis import AT_MODULE, CODE, LITERAL, MAIN, raising
from tests.test_source import posix, unprivileged, write

CORS = "from flask import Flask\nfrom flask_cors import CORS\n\napp = Flask(__name__)\nCORS(app, supports_credentials=True)\n"
MIGRATED = """from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
db = SQLAlchemy(app)
migrate = Migrate(app, db)
"""
MODELS = "from app import app\napp.config['JWT_SECRET_KEY'] = 'kettle-and-leaf'\n"


def told(outcome: Outcome) -> list[str]:
    """Return the findings as ``path:line rule``."""
    return [f"{one.place.path}:{one.place.line} {one.rule}" for one in outcome.findings]


def checked(*paths: Path, settings: Settings | None = None, cache_dir: Path | None = None) -> Outcome:
    """Return the outcome of a check without a cache."""
    return check(paths, settings or Settings(), cache_dir=cache_dir)


@pytest.fixture
def shops(tmp_path: Path) -> Path:
    """A folder that holds three repositories, one of them within another."""
    folder = tmp_path / "shops"
    write(folder / "one/app.py", CODE)
    write(folder / "one/requirements.txt", "flask==2.0\n")
    write(folder / "two/.git/config", "")
    write(folder / "two/src/app.py", CORS)
    write(folder / "two/src/models.py", MODELS)
    write(folder / "two/tests/test_app.py", CODE)
    write(folder / "two/vendor/.git/config", "")
    write(folder / "two/vendor/app.py", CODE)
    write(folder / "three/README.md", "")
    write(folder / "three/code.py", "{{ name }}\n{% from flask import x %}\nFlask\n")
    return folder


class TestPaths:
    """What is looked at, and what is told."""

    def test_directory_is_the_root_of_what_is_told(self, shops: Path) -> None:
        """Paths are relative to the one directory given, with slashes, and sorted."""
        outcome = checked(shops)
        assert outcome.root == shops.as_posix()
        assert outcome.files == 6
        assert [one.order for one in outcome.findings] == sorted(one.order for one in outcome.findings)
        assert {one.place.path for one in outcome.findings} == {
            "one/app.py",
            "two/src/app.py",
            "two/src/models.py",
            "two/vendor/app.py",
        }
        assert outcome.notices == ("passed over 1 file with placeholders of a template: three/code.py",)

    def test_several_repositories_say_the_same_as_each_alone(self, shops: Path) -> None:
        """It makes no difference whether a repository is checked alone or with others, but for its own within another."""
        together = {(f"{one.place.path}:{one.place.line}", one.message) for one in checked(shops).findings}
        alone = {
            (f"{name}/{one.place.path}:{one.place.line}", one.message)
            for name in ("one", "two", "three")
            for one in checked(shops / name).findings
        }
        assert together == alone

    def test_parts_with_a_manifest_say_the_same_as_each_alone(self, tmp_path: Path) -> None:
        """A library's repository says of its examples what a check of each example says."""
        write(tmp_path / "pyproject.toml", "")
        write(tmp_path / "src/flask/__init__.py", "from .app import Flask\n")
        write(tmp_path / "src/flask/app.py", "class Flask: ...\n")
        write(tmp_path / "src/flask/config.py", "SECRET_KEY = None\n")
        for name in ("one", "two"):
            write(tmp_path / f"examples/{name}/pyproject.toml", "")
            code = (
                "from flask import Flask\napp = Flask(__name__)\napp.config['SECRET_KEY'] = 'dev'\n"
                "app.config.from_pyfile('config.py', silent=True)\n"
            )
            write(tmp_path / f"examples/{name}/{name}/__init__.py", code)
        alone = [(one.rule, one.level) for one in checked(tmp_path / "examples/one").findings]
        whole = checked(tmp_path).findings
        assert len(alone) == 2
        assert [(one.rule, one.level) for one in whole if "/one/" in one.place.path] == alone
        assert [(one.rule, one.level) for one in whole if "/two/" in one.place.path] == alone

    def test_related_places_are_relative_to_the_root_too(self, shops: Path) -> None:
        """The places that belong to a finding are told as it is."""
        write(shops / "two/src/app.py", MIGRATED)
        write(shops / "two/src/tables.py", "from app import db\n\ndb.create_all()\n")
        related = [each.place.path for one in checked(shops).findings for each in one.related]
        assert "two/src/app.py" in related
        assert all((shops / one).is_file() for one in related)

    def test_file_is_told_and_its_project_looked_at(self, shops: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Of a file only what stands in it is told, as its whole project says it."""
        monkeypatch.chdir(shops)
        outcome = checked(Path("two/src/models.py"))
        assert outcome.root == shops.as_posix()
        assert outcome.files == 1
        assert told(outcome) == [one for one in told(checked(shops)) if one.startswith("two/src/models.py")] != []

    def test_file_is_found_from_within_its_project(self, shops: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where the working directory is a part of the project, paths are relative to it."""
        monkeypatch.chdir(shops / "two" / "src")
        assert {one.place.path for one in checked(Path("models.py")).findings} == {"models.py"}
        assert {one.place.path for one in checked(Path("../src/models.py")).findings} == {"models.py"}
        assert {one.place.path for one in checked(Path("../vendor/app.py")).findings} == {"../vendor/app.py"}
        assert checked(Path("..")).root == (shops / "two").as_posix()

    def test_several_paths_are_told_together(self, shops: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Files and directories of several projects are told, each once, however often they are named."""
        monkeypatch.chdir(shops)
        paths = [Path("one"), Path("one/app.py"), Path("two/src"), Path("one")]
        outcome = checked(*paths)
        assert {one.place.path for one in outcome.findings} == {"one/app.py", "two/src/app.py", "two/src/models.py"}
        assert len(set(told(outcome))) == len(told(outcome))
        assert told(outcome) == [one for one in told(checked(shops)) if "vendor" not in one]

    def test_working_directory_among_several_paths_is_everything(
        self, shops: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A dot beside other paths tells all that is below it."""
        monkeypatch.chdir(shops / "one")
        assert told(checked(Path(), Path("app.py"))) == told(checked(shops / "one"))

    def test_parts_of_a_project_without_a_manifest_belong_together(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """From within a folder that looks like a project its parts are looked at together, even without a manifest."""
        write(tmp_path / "README.md", "")
        write(tmp_path / "shop/app.py", CODE)
        write(tmp_path / "tests/helper.py", CODE)
        monkeypatch.chdir(tmp_path)
        outcome = checked(Path("shop"), Path("tests"))
        assert outcome.files == 2
        assert {one.place.path for one in outcome.findings} == {"shop/app.py"}
        assert checked(Path("shop/app.py")).files == 1

    @pytest.mark.parametrize("beside", ["pyproject.toml", "wsgi.py"])
    def test_package_is_looked_at_with_its_project(self, tmp_path: Path, beside: str) -> None:
        """A package that is named alone is judged as a part of its project, whose paths are relative to it."""
        write(tmp_path / beside, "")
        write(tmp_path / "shop/__init__.py", "")
        write(tmp_path / "shop/ext.py", "from flask_jwt_extended import JWTManager\n\njwt = JWTManager()\n")
        write(tmp_path / "shop/views/__init__.py", "")
        write(
            tmp_path / "shop/views/home.py",
            "from flask import Flask\nfrom shop.ext import jwt\n\n\ndef create_app():\n    app = Flask(__name__)\n"
            "    jwt.init_app(app)\n    app.config['SECRET_KEY'] = 'kettle'\n    return app\n",
        )
        assert [
            (one.place.path, one.rule) for one in checked(tmp_path / "shop").findings if "note" not in one.level.name
        ] == [("views/home.py", LITERAL)]
        outcome = checked(tmp_path / "shop" / "views")
        assert (outcome.root, outcome.files) == ((tmp_path / "shop" / "views").as_posix(), 2)
        assert "home.py" in {one.place.path for one in outcome.findings}

    def test_folder_of_sources_is_looked_at_with_its_project(self, tmp_path: Path) -> None:
        """A folder without a manifest below one with a manifest is a part of that; one of its own is none."""
        write(tmp_path / "pyproject.toml", "")
        write(tmp_path / "src/shop/__init__.py", CODE)
        write(tmp_path / "tests/helper.py", CODE)
        assert {one.place.path for one in checked(tmp_path / "src").findings} == {"shop/__init__.py"}
        assert {one.place.path for one in checked(tmp_path / "src" / "shop").findings} == {"__init__.py"}
        assert checked(tmp_path / "tests").findings == ()
        write(tmp_path / "tests/setup.py", "")
        assert {one.place.path for one in checked(tmp_path / "tests").findings} == {"helper.py"}
        (tmp_path / "tests/setup.py").unlink()
        write(tmp_path / "tests/requirements.txt", "")
        assert {one.place.path for one in checked(tmp_path / "tests").findings} == {"helper.py"}

    def test_lone_package_without_a_project_is_its_own(self, tmp_path: Path) -> None:
        """A package above which nothing looks like a project is looked at as it is."""
        write(tmp_path / "deep/er/shop/__init__.py", CODE)
        assert {one.place.path for one in checked(tmp_path / "deep/er/shop").findings} == {"__init__.py"}

    def test_file_elsewhere_has_its_own_folder_as_project(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A working directory that looks like nothing, or lies elsewhere, is not looked at."""
        write(tmp_path / "shop/app.py", CODE)
        write(tmp_path / "other/app.py", CODE)
        monkeypatch.chdir(tmp_path)
        assert checked(Path("shop/app.py")).files == 1
        monkeypatch.chdir(tmp_path / "other")
        assert checked(tmp_path / "shop/app.py").files == 1

    def test_file_in_the_home_directory_does_not_make_a_project_of_it(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Of a file that lies in the home directory itself, only that file is looked at."""
        monkeypatch.setattr(Path, "home", lambda: tmp_path)
        write(tmp_path / "app.py", CODE)
        write(tmp_path / "photos/app.py", CODE)
        monkeypatch.chdir(tmp_path)
        assert checked(Path("app.py")).files == 1
        assert checked(tmp_path).files == 2

    def test_path_that_git_ignores_is_checked_when_named(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """What git ignores is passed over, unless it is what was asked for."""
        write(tmp_path / ".git/config", "")
        write(tmp_path / ".gitignore", "local.py\nbuild/\n")
        write(tmp_path / "local.py", CODE)
        write(tmp_path / "build/app.py", CODE)
        monkeypatch.chdir(tmp_path)
        assert told(checked(tmp_path)) == []
        assert {one.place.path for one in checked(Path("local.py")).findings} == {"local.py"}
        assert {one.place.path for one in checked(Path("build"), Path("local.py")).findings} == {
            "build/app.py",
            "local.py",
        }

    def test_unsaved_text_stands_in_for_its_file(self, shops: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """What an editor holds is judged as part of the project, saved or not."""
        monkeypatch.chdir(shops / "one")
        here = Path("app.py").absolute()
        outcome = check([Path("app.py")], Settings(), cache_dir=None, unsaved={here: MAIN.encode()})
        assert told(outcome) == [f"app.py:2 {AT_MODULE}"]
        new = Path("new.py").absolute()
        outcome = check([new], Settings(), cache_dir=None, unsaved={new: CODE.encode()})
        assert f"new.py:3 {LITERAL}" in told(outcome)

    def test_unsaved_text_needs_no_folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A text may be meant for a folder that is not there yet."""
        monkeypatch.chdir(tmp_path)
        new = tmp_path / "new" / "app.py"
        outcome = check([new], Settings(), cache_dir=None, unsaved={new: CODE.encode()})
        assert told(outcome) == [f"new/app.py:2 {AT_MODULE}", f"new/app.py:3 {LITERAL}"]

    def test_empty_directory_is_clean(self, tmp_path: Path) -> None:
        """Where there is nothing there is nothing to say."""
        assert checked(tmp_path) == Outcome(tmp_path.as_posix())


class TestSettings:
    """What the settings do."""

    def test_rules_are_chosen(self, shops: Path) -> None:
        """Only what was selected and not ignored is told."""
        assert {one.rule for one in checked(shops, settings=Settings(select=("config/",))).findings} == {LITERAL}
        assert LITERAL not in {one.rule for one in checked(shops, settings=Settings(ignore=("config/",))).findings}

    @pytest.mark.parametrize(
        ("patterns", "left"),
        [
            (("src/",), {"vendor/app.py"}),
            (("models.py",), {"src/app.py", "vendor/app.py"}),
            (("/src/models.py",), {"src/app.py", "vendor/app.py"}),
            (("/models.py",), {"src/app.py", "src/models.py", "vendor/app.py"}),
            (("*.py", "!app.py"), {"src/app.py", "vendor/app.py"}),
        ],
    )
    def test_excluded_files_are_left_out(self, shops: Path, patterns: tuple[str, ...], left: set[str]) -> None:
        """What is excluded is not looked at."""
        settings = Settings(exclude=patterns, root=shops / "two")
        assert {one.place.path for one in checked(shops / "two", settings=settings).findings} == left

    def test_patterns_are_relative_to_the_settings(self, shops: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A part of the project, or a folder around it, is checked as the project's patterns say."""
        below = Settings(exclude=("two/src/models.py", "/one", "/app.py"), root=shops)
        assert {one.place.path for one in checked(shops / "two", settings=below).findings} == {
            "src/app.py",
            "vendor/app.py",
        }
        above = Settings(exclude=("/app.py", "models.py"), root=shops / "one")
        assert {one.place.path for one in checked(shops, settings=above).findings} == {
            "two/src/app.py",
            "two/src/models.py",
            "two/vendor/app.py",
        }
        beside = Settings(exclude=("app.py",), root=shops / "two")
        assert len(checked(shops / "one", settings=beside).findings) == 2
        monkeypatch.chdir(shops / "one")
        assert len(checked(Path("app.py"), settings=Settings(exclude=("app.py",), root=shops / "one")).findings) == 2

    def test_accepted_files_are_silent(self, shops: Path) -> None:
        """What per-file-ignores accepts is not told."""
        settings = Settings(per_file_ignores={"one/*": ("ALL",)}, root=shops)
        assert {one.place.path.partition("/")[0] for one in checked(shops, settings=settings).findings} == {"two"}

    def test_baseline_takes_out_what_is_known(self, shops: Path) -> None:
        """Known findings are gone, new ones are told, and an entry for what is gone is called stale."""
        from keck import baseline

        target = shops / "known.json"
        settings = Settings(baseline="known.json", root=shops)
        baseline.write(checked(shops).findings, target, shops)
        assert checked(shops, settings=settings).findings == ()
        write(shops / "one/new.py", CODE)
        write(shops / "two/src/models.py", "")
        outcome = checked(shops, settings=settings)
        assert {one.place.path for one in outcome.findings} == {"one/new.py"}
        assert "stale" in outcome.notices[-1]

    def test_baseline_stands_beside_what_is_checked(self, shops: Path) -> None:
        """Without settings the baseline is relative to the root of the check."""
        write(shops / "known.json", '{"version": 1, "entries": []}')
        assert checked(shops, settings=Settings(baseline="known.json")) == checked(shops)


class TestNotices:
    """What is said beside the findings."""

    def test_several_of_a_kind_are_one_line(self, tmp_path: Path) -> None:
        """Of many templates the first are named."""
        for number in range(7):
            write(tmp_path / f"{number}.py", "{{ Flask }}\n{% x %}\n")
        assert checked(tmp_path).notices == (
            "passed over 7 files with placeholders of a template: 0.py, 1.py, 2.py, 3.py, 4.py and 2 more",
        )

    @posix
    def test_what_cannot_be_read_is_one_line(self) -> None:
        """A closed file and a closed directory are named, a link to itself and a pipe are nothing to read."""
        folder = Path(tempfile.mkdtemp())
        write(folder / "app.py", CODE)
        write(folder / "closed.py", CODE)
        write(folder / "shut/app.py", CODE)
        (folder / "loop.py").symlink_to("loop.py")
        (folder / "round").symlink_to(".")
        (folder / "endless.py").symlink_to("/dev/zero")
        (folder / ".gitignore").symlink_to("/dev/zero")
        os.mkfifo(folder / "pipe.py")
        (folder / "closed.py").chmod(0)
        (folder / "shut").chmod(0)
        with unprivileged(folder):
            outcome = checked(folder)
            with pytest.raises(Trouble, match=r"closed\.py` cannot be read; look at its permissions"):
                checked(folder / "closed.py")
        shutil.rmtree(folder)
        assert told(outcome) == [f"app.py:2 {AT_MODULE}", f"app.py:3 {LITERAL}"]
        assert outcome.notices == ("could not read 1 directory: shut/", "could not read 1 file: closed.py")

    def test_rule_that_fails_is_one_line_a_project(self, shops: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A fault of Keck's own is told, and everything else too."""
        (rule,) = (one for one in rules() if one.id == LITERAL)
        monkeypatch.setattr(rule, "_check", raising(ValueError("odd")))
        outcome = checked(shops)
        assert f"one/app.py:2 {AT_MODULE}" in told(outcome)
        faults = [one for one in outcome.notices if "a fault of Keck itself" in one]
        assert all(f"the rule {LITERAL} on" in one for one in faults)
        assert len(faults) == 4
        assert not outcome.complete

    def test_progress_counts_the_files(self, shops: Path) -> None:
        """Whoever waits is told of each step, and at the end of all files."""
        steps: list[tuple[int, int]] = []
        check([shops], Settings(), cache_dir=None, progress=lambda done, total: steps.append((done, total)))
        assert {total for _, total in steps} == {6}
        assert [done for done, _ in steps] == sorted(done for done, _ in steps)
        assert steps[-1] == (6, 6)


class TestProcesses:
    """Large work is shared."""

    @pytest.fixture
    def large(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Make everything worth other processes, and the machine one with two processors."""
        monkeypatch.setattr(verdicts, "_WORTH_A_POOL", 1)
        monkeypatch.setattr(verdicts, "processors", lambda: 2)

    @pytest.mark.usefixtures("large")
    def test_processes_say_the_same(self, shops: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """One process or several: the same findings and notices in the same order; of one project too."""
        steps: list[tuple[int, int]] = []
        several = check([shops], Settings(), cache_dir=None, progress=lambda done, total: steps.append((done, total)))
        assert steps[-1] == (6, 6)
        one = checked(shops / "one")
        monkeypatch.setattr(verdicts, "processors", lambda: 1)
        assert several == checked(shops)
        assert one == checked(shops / "one")

    @posix
    @pytest.mark.usefixtures("large")
    def test_death_of_a_process_costs_nothing_but_the_file(self, shops: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """When reading a file ends the process, that file is not analysed, and all else is told."""
        from keck import reading

        expected = told(checked(shops))
        read = facts_of

        def fatal(data: bytes) -> object:
            if b"fatal" in data:
                os._exit(9)
            return read(data)

        monkeypatch.setattr(reading, "facts_of", fatal)
        write(shops / "two/src/bad.py", f"{MAIN}fatal = 1\n")
        assert told(checked(shops)) == sorted([*expected, "two/src/bad.py:1 not-analysed"])

    def test_file_that_vanishes_before_it_is_measured(self, shops: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """What is gone after the listing is not looked at."""

        def found(*paths: Path, **options: object) -> object:
            tree = find(*paths, **options)  # type: ignore[arg-type]
            (shops / "one/app.py").unlink()
            return tree

        monkeypatch.setattr(checking, "find", found)
        assert {one.place.path.partition("/")[0] for one in checked(shops).findings} == {"two"}

    def test_spawn_says_the_same(self, shops: Path, tmp_path: Path) -> None:
        """Where processes cannot be forked, as on Windows and macOS, the outcome is the same."""
        script = tmp_path / "run.py"
        script.write_text(
            "import multiprocessing, sys\n"
            "from pathlib import Path\n"
            "from keck import Settings, check, verdicts\n"
            "if __name__ == '__main__':\n"
            "    multiprocessing.set_start_method('spawn')\n"
            "    verdicts._WORTH_A_POOL = 1\n"
            "    verdicts.processors = lambda: 2\n"
            "    outcome = check([Path(sys.argv[1])], Settings(), cache_dir=None)\n"
            "    print(*(f'{one.place.path}:{one.place.line} {one.rule}' for one in outcome.findings), sep='\\n')\n",
            encoding="utf-8",
        )
        done = subprocess.run([sys.executable, str(script), str(shops)], capture_output=True, check=False)
        assert done.stderr == b""
        assert done.stdout.decode().splitlines() == told(checked(shops))

    @pytest.mark.parametrize("collects", [True, False])
    def test_garbage_collection_is_left_as_it_was(self, shops: Path, collects: bool) -> None:
        """A program that checks with Keck keeps its collector, on or off."""
        import gc

        (gc.enable if collects else gc.disable)()
        try:
            checked(shops)
            assert gc.isenabled() is collects
        finally:
            gc.enable()


class TestCache:
    """With a cache and without."""

    def test_cold_warm_and_none_say_the_same(self, shops: Path, tmp_path: Path) -> None:
        """The outcome is the same, and a second run reads nothing anew."""
        cache = tmp_path / "cache"
        cold = checked(shops, cache_dir=cache)
        files = {path: path.stat().st_mtime_ns for path in cache.iterdir()}
        warm = checked(shops, cache_dir=cache)
        assert cold == warm == checked(shops)
        assert files == {path: path.stat().st_mtime_ns for path in cache.iterdir()}

    def test_settings_count(self, shops: Path, tmp_path: Path) -> None:
        """Other rules are other verdicts, with the same cache."""
        cache = tmp_path / "cache"
        checked(shops, cache_dir=cache)
        only = checked(shops, settings=Settings(select=("config/",)), cache_dir=cache)
        assert {one.rule for one in only.findings} == {LITERAL}
        assert checked(shops, cache_dir=cache) == checked(shops)

    @pytest.mark.parametrize("damage", [lambda _: b"", lambda data: data[:30], lambda data: os.urandom(len(data))])
    def test_damage_is_not_noticed(self, shops: Path, tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
        """A broken cache is rebuilt without a word."""
        cache = tmp_path / "cache"
        checked(shops, cache_dir=cache)
        for file in cache.iterdir():
            file.write_bytes(damage(file.read_bytes()))
        assert checked(shops, cache_dir=cache) == checked(shops)
        assert checked(shops, cache_dir=cache) == checked(shops)

    @posix
    def test_project_that_cannot_be_written_is_checked(self) -> None:
        """In a read-only project there is no cache, and no trouble either."""
        folder = Path(tempfile.mkdtemp())
        write(folder / "app.py", CODE)
        with unprivileged(folder):
            folder.chmod(0o500)
            outcome = checked(folder, cache_dir=folder / ".keck_cache")
            names = os.listdir(folder)  # noqa: PTH208 - names are what is needed
        shutil.rmtree(folder)
        assert len(outcome.findings) == 2
        assert names == ["app.py"]

    def test_two_runs_at_once_do_no_harm(self, shops: Path, tmp_path: Path) -> None:
        """Several commands that start with the same cache at the same time all tell the same."""
        command = [sys.executable, "-m", "keck", "check", "--exit-zero", "--output-format", "json"]
        command += ["--cache-dir", str(tmp_path / "cache"), str(shops)]
        runs = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(4)]
        answers = [run.communicate(timeout=120) for run in runs]
        assert [errors for _, errors in answers] == [b""] * 4
        assert len({json.dumps(json.loads(text)) for text, _ in answers}) == 1
        assert [one.name for one in (tmp_path / "cache").iterdir() if one.name.endswith(".new")] == []
        assert checked(shops, cache_dir=tmp_path / "cache") == checked(shops)

    def test_command_without_a_cache_writes_nothing(self, shops: Path) -> None:
        """With --no-cache the project stays as it is; without it there is one folder more, which git ignores."""
        before = sorted(shops.rglob("*"))
        command = [sys.executable, "-m", "keck", "check", "--exit-zero", str(shops)]
        subprocess.run([*command, "--no-cache"], capture_output=True, check=True)
        assert sorted(shops.rglob("*")) == before
        subprocess.run(command, capture_output=True, check=True)
        new = set(shops.rglob("*")) - set(before)
        assert {one.relative_to(shops).parts[0] for one in new} == {".keck_cache"}
        assert (shops / ".keck_cache" / ".gitignore").read_text("utf-8") == "*\n"


class TestAnything:
    """Nothing makes it fail."""

    NAMED: ClassVar[dict[str, bytes]] = {
        "nul": CODE.encode() + b"\0",
        "latin": b"# coding: latin-1\n" + CODE.encode() + b"x = '\xe9'\n",
        "wrong": CODE.encode() + b"x = '\xe9'\n",
        "rot13": b"# coding: rot13\n" + CODE.encode() + b"\xe9",
        "klingon": b"# coding: klingon\n" + CODE.encode() + b"\xe9",
        "bom": b"\xef\xbb\xbf" + CODE.encode(),
        "empty": b"",
        "mac": CODE.replace("\n", "\r").encode(),
        "crlf": CODE.replace("\n", "\r\n").encode(),
        "parentheses": CODE.encode() + b"x = " + b"(" * 5000 + b")" * 5000,
        "minus": CODE.encode() + b"x = " + b"-" * 50_000 + b"1",
        "sum": CODE.encode() + b"x = " + b" + ".join([b"1"] * 20_000),
        "text": CODE.encode() + b"app.config['X'] = " + b" + ".join([b"'a'"] * 900),
        "chain": CODE.encode() + b"x = a" + b".b()" * 5000,
        "elif": CODE.encode() + b"if a: pass\n" + b"elif b: pass\n" * 5000,
        "surrogate": CODE.encode() + b"app.config['\\ud800'] = '\\ud800'\n",
        "number": CODE.encode() + b"x = 0x" + b"f" * 5000,
        "large": CODE.encode() + b"DATA = [\n" + b"    {'id': 1, 'name': 'some'},\n" * 170_000 + b"]\n",
    }

    @pytest.mark.parametrize("name", NAMED)
    def test_odd_file_is_one_line_at_most(self, tmp_path: Path, name: str) -> None:
        """Whatever a file holds, the check tells of it in a line, or finds what is in it, and of the others all."""
        (tmp_path / "odd.py").write_bytes(self.NAMED[name])
        write(tmp_path / "app.py", CODE)
        outcome = checked(tmp_path, cache_dir=tmp_path / "cache")
        assert outcome == checked(tmp_path, cache_dir=tmp_path / "cache") == checked(tmp_path)
        assert f"app.py:3 {LITERAL}" in told(outcome)
        assert outcome.notices == ()
        odd = [one for one in outcome.findings if one.place.path == "odd.py"]
        assert [one.rule for one in odd] in ([], ["not-analysed"], [AT_MODULE, LITERAL])
        assert all("\n" not in one.message for one in odd)

    @hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(data=st.data())
    def test_mutated_sources(self, data: st.DataObject, tmp_path: Path) -> None:
        """Real sources that were cut, spliced and spoilt are read without a fault of Keck's own."""
        folder = Path(__file__).parent.parent / "examples"
        sources = sorted(folder.rglob("*.py"))
        text = data.draw(st.sampled_from(sources)).read_bytes()
        for _ in range(data.draw(st.integers(1, 6))):
            start = data.draw(st.integers(0, len(text)))
            end = data.draw(st.integers(start, min(len(text), start + 60)))
            other = data.draw(st.sampled_from(sources)).read_bytes()
            place = data.draw(st.integers(0, len(other)))
            splice = data.draw(
                st.sampled_from([b"", b"(", b"\n", b"    ", b"\0", b"\xff", b"*", other[place : place + 80]])
            )
            text = text[:start] + splice + text[end:]
        (tmp_path / "app.py").write_bytes(text)
        assert [one for one in checked(tmp_path).notices if "fault of Keck" in one] == []

    def test_what_python_tests_itself_with(self) -> None:
        """A sample of CPython's own tests is read without a fault."""
        folder = Path(sysconfig.get_path("stdlib")) / "test"
        names = [folder / name for name in ("test_grammar.py", "test_fstring.py", "test_generators.py", "test_json")]
        found = [one for one in names if one.exists()]
        if not found:
            pytest.skip("this Python came without its tests")
        assert [one for path in found for one in checked(path).notices if "fault of Keck" in one] == []


class TestPackage:
    """What ``import keck`` gives."""

    def test_names_are_those_of_the_modules(self) -> None:
        """The public names are there, and no others."""
        assert keck.check is check
        assert keck.Outcome is Outcome
        assert keck.Settings is Settings
        assert all(getattr(keck, name).__name__ == name for name in keck.__all__)
        with pytest.raises(AttributeError, match="module 'keck' has no attribute 'chekc'"):
            _ = keck.chekc

    def test_import_is_light(self) -> None:
        """The name of the package alone loads nothing of it."""
        code = "import sys, keck; print(*(name for name in sys.modules if name.startswith('keck')))"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
        assert done.stdout.split() == [b"keck"]
