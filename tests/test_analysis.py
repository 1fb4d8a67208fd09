from __future__ import annotations

import gc
import os
import shutil
import tempfile
from pathlib import Path

import msgspec
import pytest

from keck import reading
from keck.analysis import analyse
from keck.cache import Cache, Verdict, encoded
from keck.facts import Facts, facts_of
from keck.finding import Finding, Level, Place
from keck.job import Job, jobs_of
from keck.processes import pool
from keck.project import Project
from keck.project.module import Module
from keck.reading import facts_of_all
from keck.rule import Rule, ids, rules
from keck.source import Tree, find, source
from tests.test_source import posix, unprivileged, write

CODE = 'from flask import Flask\napp = Flask(__name__)\napp.config["SECRET_KEY"] = "kettle-and-leaf"\n'
LITERAL = "config/secret-in-source"
AT_MODULE = "app/app-at-module-level"
MAIN = "from flask import Flask\napp = Flask(__name__)\n"
LONG = "# nothing to see here\n" * 40


def job_of(root: Path, **changes: object) -> Job:
    """Return the one job of a directory."""
    (job,) = jobs_of(root, find(root), ids(), None, {})
    return msgspec.structs.replace(job, **changes)


def told(verdict: Verdict) -> list[str]:
    """Return the findings as ``path:line rule``."""
    return [f"{one.place.path}:{one.place.line} {one.rule}" for one in verdict.findings]


def raising(error: Exception) -> object:
    """Return the check of a rule that fails."""

    def check(_project: Project) -> list[Finding]:
        raise error

    return check


class TestJobs:
    """How a directory falls into projects."""

    def test_each_project_is_a_job_of_its_own(self, tmp_path: Path) -> None:
        """Files and manifests go to the project that they lie in; a project without Python files has none."""
        for path in ("a/app.py", "a/requirements.txt", "b/src/x.py", "b/README.md", "c/requirements.txt"):
            write(tmp_path / path, "")
        first, second = jobs_of(tmp_path, find(tmp_path), ("x",), Path("/cache"), {})
        assert (first.base, first.files, first.others) == (str(tmp_path / "a"), ("app.py",), ("requirements.txt",))
        assert (second.base, second.files, second.others) == (str(tmp_path / "b"), ("src/x.py",), ())
        assert (first.chosen, first.cache, first.outer) == (("x",), "/cache", {})

    def test_unsaved_contents_go_to_their_project(self, tmp_path: Path) -> None:
        """A file that is not saved yet is one of its project; one elsewhere belongs to no job."""
        write(tmp_path / "a/app.py", "")
        new = {tmp_path / "a/new.py": b"x", tmp_path / "a/app.py": b"y", tmp_path.parent / "z.py": b"z"}
        (one,) = jobs_of(tmp_path, find(tmp_path), (), None, new)
        assert one.files == ("app.py", "new.py")
        assert one.unsaved == {"app.py": b"y", "new.py": b"x"}

    @pytest.mark.parametrize(
        ("files", "outer"),
        [
            ({"requirements.txt": "flask"}, {"requirements.txt": b"flask"}),
            ({"requirements.txt": "flask", "app/setup.py": ""}, {}),
            ({"notes.txt": "flask"}, {}),
            ({"requirements.txt/x": ""}, {}),
        ],
    )
    def test_manifests_above_hold_where_there_are_none(
        self, tmp_path: Path, files: dict[str, str], outer: dict[str, bytes]
    ) -> None:
        """A part of a project that is checked by itself is judged by the versions that the project pins."""
        for path, text in {"app/main.py": "", **files}.items():
            write(tmp_path / path, text)
        (one,) = jobs_of(tmp_path / "app", find(tmp_path / "app"), (), None, {})
        assert one.outer == outer

    def test_manifests_of_the_repository_hold_further_down(self, tmp_path: Path) -> None:
        """The root of the repository speaks for all that has no manifest nearer; another folder's does not."""
        write(tmp_path / "requirements.txt", "flask")
        write(tmp_path / "a/b/main.py", "")
        assert next(jobs_of(tmp_path / "a/b", find(tmp_path / "a/b"), (), None, {})).outer == {}
        (tmp_path / ".git").mkdir()
        assert next(jobs_of(tmp_path / "a/b", find(tmp_path / "a/b"), (), None, {})).outer == {
            "requirements.txt": b"flask"
        }
        write(tmp_path / "a/requirements-dev.txt", "black")
        write(tmp_path / "a/b/c/main.py", "")
        assert next(jobs_of(tmp_path / "a/b/c", find(tmp_path / "a/b/c"), (), None, {})).outer == {}

    def test_manifests_in_the_home_directory_do_not_hold(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """What happens to lie in the home directory says nothing of the projects below."""
        monkeypatch.setattr(Path, "home", lambda: tmp_path)
        write(tmp_path / "requirements.txt", "flask")
        write(tmp_path / "app/main.py", "")
        assert job_of(tmp_path / "app").outer == {}

    @posix
    def test_directory_above_that_cannot_be_listed(self) -> None:
        """Where the directory above may be passed but not listed, it has no manifests."""
        folder = Path(tempfile.mkdtemp())
        write(folder / "app/main.py", "")
        write(folder / "requirements.txt", "")
        tree = Tree(("main.py",), (), (), ("",))
        with unprivileged(folder):
            folder.chmod(0o300)
            (one,) = jobs_of(folder / "app", tree, (), None, {})
        shutil.rmtree(folder)
        assert one.outer == {}


class TestReading:
    """From contents to facts."""

    SOURCES = (
        source("app.py", MAIN.encode()),
        source("copy.py", MAIN.encode()),
        source("long.py", b"import a\n" + LONG.encode()),
    )

    def test_files_that_matter_are_read_whole_and_others_for_their_imports(self) -> None:
        """The order of the files is kept, two of the same content are read once."""
        found = facts_of_all(self.SOURCES, ids(), {})
        assert list(found.facts) == ["app.py", "copy.py", "long.py"]
        assert found.facts["app.py"] is found.facts["copy.py"]
        assert found.facts["app.py"] == facts_of(MAIN.encode())
        assert [one.module for one in found.facts["long.py"].imports] == ["a"]
        assert found.fresh
        assert set(found.packed) == {self.SOURCES[0].digest}

    def test_what_is_known_is_not_read_again(self) -> None:
        """Facts from a cache are taken as they are; then nothing is new."""
        other = Facts(remarks=())
        kept = {self.SOURCES[0].digest: msgspec.Raw(encoded(other))}
        found = facts_of_all(self.SOURCES, ids(), kept)
        assert found.facts["app.py"] == other
        assert not found.fresh

    @pytest.mark.parametrize(
        "hostile",
        [
            b"\xc1",
            b"",
            encoded(
                msgspec.structs.replace(
                    facts_of(MAIN.encode()),
                    steps=(),
                    blocks=(),
                    imports=(msgspec.structs.replace(facts_of(MAIN.encode()).imports[0], block=7),),
                )
            ),
        ],
    )
    def test_what_cannot_be_true_is_read_again(self, hostile: bytes) -> None:
        """A record that is none, or that leads nowhere, is as good as none."""
        found = facts_of_all(self.SOURCES, ids(), {self.SOURCES[0].digest: msgspec.Raw(hostile)})
        assert found.facts["app.py"] == facts_of(MAIN.encode())
        assert found.fresh

    def test_nothing_is_encoded_where_nothing_is_kept(self) -> None:
        """Without a cache the facts are not made ready for one."""
        assert facts_of_all(self.SOURCES, ids(), None).packed == {}

    def test_ticks_count_the_files(self) -> None:
        """Whoever waits is told how many files have been read."""
        ticks: list[int] = []
        facts_of_all(self.SOURCES, ids(), None, None, ticks.append)
        assert ticks == [3]

    def test_large_file_is_not_parsed(self) -> None:
        """A file of more than 4 MB is told to be data; one that matters to no rule is no trouble."""
        sources = [
            source("data.py", MAIN.encode() + b"#" * 4_000_000),
            source("more.py", b"import a\n" + b"#" * 4_000_000),
        ]
        found = facts_of_all(sources, ids(), None)
        assert found.facts["data.py"].trouble == "it is larger than 4 MB, which is data rather than code"
        assert found.facts["more.py"].imports[0].module == "a"

    @pytest.mark.parametrize("keep", [{}, None])
    def test_processes_read_the_same(
        self, monkeypatch: pytest.MonkeyPatch, keep: dict[str, msgspec.Raw] | None
    ) -> None:
        """Whether read here or in other processes, in one chunk or several, the facts are the same."""
        monkeypatch.setattr(reading, "_CHUNK", 100)
        sources = [source(f"{number}.py", f"{MAIN}x = {number}\n".encode()) for number in range(7)]
        with pool(2) as two:
            found = facts_of_all(sources, ids(), keep, two)
        here = facts_of_all(sources, ids(), keep)
        assert found.facts == here.facts
        assert list(found.facts) == list(here.facts)
        assert {digest: bytes(data) for digest, data in found.packed.items()} == here.packed

    @pytest.mark.parametrize("size", [0, 100_000])
    def test_chunks_hold_everything(self, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
        """Whether each file is a chunk of its own or all are one, nothing is lost and the order stays."""
        monkeypatch.setattr(reading, "_CHUNK", size)
        contents = {str(number): f"x = {number}\n".encode() for number in range(5)}
        chunks = list(reading._chunks(contents))  # noqa: SLF001 - its ends are what is tried
        assert len(chunks) == (1 if size else 5)
        assert [name for chunk in chunks for name in chunk] == list(contents)
        assert reading.read_all(list(contents.values())) == [encoded(facts_of(data)) for data in contents.values()]

    @posix
    def test_file_that_ends_its_process_is_told_and_the_others_are_read(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A crash of the parser itself is a file that is not analysed."""

        def fatal(data: bytes) -> Facts:
            if b"fatal" in data:
                os._exit(9)
            return facts_of(data)

        monkeypatch.setattr(reading, "facts_of", fatal)
        monkeypatch.setattr(reading, "_CHUNK", 100)
        sources = [source(f"{number}.py", f"{MAIN}x = {number}\n".encode()) for number in range(6)]
        sources.insert(2, source("fatal.py", f"{MAIN}fatal = 1\n".encode()))
        with pool(2) as two:
            found = facts_of_all(sources, ids(), {}, two)
        assert {path for path, one in found.facts.items() if one.trouble} == {"fatal.py"}
        assert found.facts["fatal.py"].trouble == "reading it ends the process that reads it"


class TestVerdict:
    """From a job to what is said."""

    def test_faults_of_a_project_are_told(self, tmp_path: Path) -> None:
        """The rules are asked, and the findings are sorted by place."""
        write(tmp_path / "app.py", CODE)
        verdict = analyse(job_of(tmp_path))
        assert told(verdict) == [f"app.py:2 {AT_MODULE}", f"app.py:3 {LITERAL}"]
        assert (verdict.templates, verdict.unreadable, verdict.faults) == ((), (), ())

    def test_memory_is_free_without_a_collection(self, tmp_path: Path) -> None:
        """What was read and linked is gone with the verdict, though nobody collects garbage in between."""
        write(tmp_path / "app.py", CODE)
        job = job_of(tmp_path)
        gc.collect()
        gc.disable()

        def alive() -> int:
            return sum(
                issubclass(type(one), Facts | Module) for one in gc.get_objects()
            )  # others may refuse `__class__`

        before = alive()
        try:
            analyse(job)
            assert alive() == before
        finally:
            gc.enable()

    def test_only_chosen_rules_are_asked(self, tmp_path: Path) -> None:
        """A rule that was not chosen says nothing."""
        write(tmp_path / "app.py", CODE)
        assert told(analyse(job_of(tmp_path, chosen=(LITERAL,)))) == [f"app.py:3 {LITERAL}"]

    def test_comments_are_heeded(self, tmp_path: Path) -> None:
        """What a comment ignores is gone, and a comment that ignores nothing is told, in characters."""
        text = CODE.replace('-leaf"', '-leaf"  # keck: ignore[config/]') + "é = 'é'  # keck: ignore[jwt/]\n"
        write(tmp_path / "app.py", text)
        verdict = analyse(job_of(tmp_path))
        assert told(verdict) == [f"app.py:2 {AT_MODULE}", "app.py:4 unused-ignore"]
        assert verdict.findings[1].place.column == 10

    def test_columns_count_characters(self, tmp_path: Path) -> None:
        """What stands behind letters of several bytes is pointed at where an editor shows it."""
        write(tmp_path / "app.py", CODE.replace("app.config", "é = '€€'; app.config"))
        (one,) = analyse(job_of(tmp_path, chosen=(LITERAL,))).findings
        assert one.place.column == 11

    def test_unsaved_text_stands_in_for_a_file(self, tmp_path: Path) -> None:
        """An editor's text is judged in place of what is saved, and is not kept."""
        write(tmp_path / "app.py", CODE)
        cache = tmp_path / "cache"
        job = job_of(tmp_path, cache=str(cache))
        new = msgspec.structs.replace(job, unsaved={"app.py": MAIN.encode()})
        assert told(analyse(new)) == [f"app.py:2 {AT_MODULE}"]
        assert not cache.exists()
        assert len(analyse(job).findings) == 2
        assert told(analyse(new)) == [f"app.py:2 {AT_MODULE}"]

    def test_file_that_has_vanished_is_no_trouble(self, tmp_path: Path) -> None:
        """What is deleted between listing and reading was not there."""
        write(tmp_path / "app.py", CODE)
        write(tmp_path / "gone.py", CODE)
        write(tmp_path / "requirements.txt", "flask")
        job = job_of(tmp_path)
        (tmp_path / "gone.py").unlink()
        (tmp_path / "requirements.txt").unlink()
        verdict = analyse(job)
        assert len(verdict.findings) == 2
        assert verdict.unreadable == ()

    def test_file_that_cannot_be_read_is_named(self, tmp_path: Path) -> None:
        """What is there and cannot be opened is told."""
        write(tmp_path / "app.py", CODE)
        write(tmp_path / "closed.py", CODE)
        job = job_of(tmp_path)
        (tmp_path / "closed.py").unlink()
        (tmp_path / "closed.py").mkdir()
        assert analyse(job).unreadable == ("closed.py",)

    def test_template_is_passed_over(self, tmp_path: Path) -> None:
        """A file that is to become Python is named apart, and its comments are not called unused."""
        write(tmp_path / "app.py", MAIN)
        write(tmp_path / "made.py", MAIN + "{{ name }} = 1\n# keck: ignore[jwt/]\n{% if x %}\n")
        verdict = analyse(job_of(tmp_path))
        assert verdict.templates == ("made.py",)
        assert told(verdict) == [f"app.py:2 {AT_MODULE}"]

    def test_comments_in_a_broken_file_are_not_called_unused(self, tmp_path: Path) -> None:
        """Of a file that does not parse nothing is said but that; a comment can accept it."""
        write(tmp_path / "app.py", MAIN + "x = (  # keck: ignore[jwt/]\n")
        assert [one.rule for one in analyse(job_of(tmp_path)).findings] == ["not-analysed"]
        write(tmp_path / "app.py", "# keck: ignore-file[not-analysed]\n" + MAIN + "x = = 1\n")
        assert told(analyse(job_of(tmp_path))) == []

    def test_same_is_said_once_and_the_worst_of_it(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Of several findings of a rule at one place about one thing the most severe is told."""
        write(tmp_path / "app.py", MAIN)
        (rule,) = (one for one in rules() if one.id == LITERAL)
        place = Place("app.py", 2, 1, 2, 4)
        said = [
            rule.finding(place, "b", "", level=Level.note, symbol="s"),
            rule.finding(place, "c", "", level=Level.error, symbol="s"),
            rule.finding(place, "d", "", level=Level.error, symbol="s"),
            rule.finding(place, "a", "", level=Level.note, symbol="other"),
        ]
        monkeypatch.setattr(rule, "_check", lambda _project: said)
        found = analyse(job_of(tmp_path, chosen=(LITERAL,))).findings
        assert [one.message for one in found] == ["a", "c"]


class TestFaults:
    """What becomes of a fault in Keck itself."""

    @pytest.fixture
    def rule(self) -> Rule:
        """A rule that is to fail."""
        return next(one for one in rules() if one.id == LITERAL)

    def test_rule_that_fails_takes_nothing_from_the_others(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rule: Rule
    ) -> None:
        """The others are heard, one line says which rule failed where, and its ignores are not called unused."""
        write(tmp_path / "app.py", CODE.replace('-leaf"', '-leaf"  # keck: ignore[config/secret-in-source]'))
        monkeypatch.setattr(rule, "_check", raising(ValueError("two\nlines")))
        verdict = analyse(job_of(tmp_path, cache=str(tmp_path / "cache")))
        assert told(verdict) == [f"app.py:2 {AT_MODULE}"]
        (line,) = verdict.faults
        assert "\n" not in line
        assert f"the rule {LITERAL} on {tmp_path.name} failed with ValueError: two lines (test_analysis.py:" in line
        assert [one.name for one in (tmp_path / "cache").iterdir() if one.name.startswith("verdict")] == []

    def test_everything_is_told_on_demand(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rule: Rule) -> None:
        """With KECK_DEBUG the whole traceback is there."""
        write(tmp_path / "app.py", CODE)
        monkeypatch.setattr(rule, "_check", raising(RecursionError()))
        monkeypatch.setenv("KECK_DEBUG", "1")
        assert analyse(job_of(tmp_path)).faults[0].startswith("Traceback")

    def test_project_that_cannot_be_linked_is_named(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A fault outside the rules costs the findings of one project, not the run."""
        write(tmp_path / "app.py", CODE)

        def fail(*_given: object) -> None:
            raise KeyError("x")

        monkeypatch.setattr("keck.project.Project.__init__", fail)
        verdict = analyse(job_of(tmp_path))
        assert verdict.findings == ()
        assert f"the linking of {tmp_path.name} failed with KeyError: 'x'" in verdict.faults[0]


class TestCache:
    """What is worked out again, and what is not."""

    def test_second_run_asks_no_rule(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where nothing has changed, the verdict is the one from before."""
        write(tmp_path / "app.py", CODE)
        job = job_of(tmp_path, cache=str(tmp_path / "cache"))
        first = analyse(job)
        monkeypatch.setattr("keck.project.Project.__init__", raising(AssertionError()))
        assert analyse(job) == first

    @pytest.mark.parametrize(
        ("path", "text"),
        [
            ("app.py", MAIN),
            ("new.py", MAIN),
            ("Procfile", "web: gunicorn -w 4 app:app\n"),
            ("requirements.txt", "flask==3"),
        ],
    )
    def test_changed_and_new_files_change_the_verdict(self, tmp_path: Path, path: str, text: str) -> None:
        """Code, pins and deployment are part of what a verdict is about; the rules are too."""
        write(tmp_path / "app.py", CODE)
        cache = str(tmp_path / "cache")
        before = analyse(job_of(tmp_path, cache=cache))
        write(tmp_path / path, text)
        assert analyse(job_of(tmp_path, cache=cache)).key != before.key
        assert analyse(job_of(tmp_path, cache=cache)).findings == analyse(job_of(tmp_path)).findings
        assert told(analyse(job_of(tmp_path, cache=cache, chosen=()))) == []

    def test_pins_above_change_the_verdict(self, tmp_path: Path) -> None:
        """A manifest above the project that is changed is noticed."""
        write(tmp_path / "app/app.py", CODE)
        cache = str(tmp_path / "cache")
        write(tmp_path / "requirements.txt", "flask==2")
        first = Cache(Path(cache), str(tmp_path / "app"))
        analyse(job_of(tmp_path / "app", cache=cache))
        (file,) = (tmp_path / "cache").glob("verdict-*")
        before = file.read_bytes()
        write(tmp_path / "requirements.txt", "flask==3")
        analyse(job_of(tmp_path / "app", cache=cache))
        assert file.read_bytes() != before
        assert first.facts()

    def test_facts_of_other_rules_and_of_gone_files(self, tmp_path: Path) -> None:
        """A run with few rules throws nothing away that one with all can use; what is gone is thrown away."""
        write(tmp_path / "app.py", CODE)
        write(tmp_path / "cors.py", f"from flask_cors import CORS\n{LONG}CORS()\n")
        cache = Cache(tmp_path / "cache", str(tmp_path))
        analyse(job_of(tmp_path, cache=str(tmp_path / "cache")))
        both = set(cache.facts())
        assert len(both) == 2
        write(tmp_path / "app.py", MAIN)
        analyse(job_of(tmp_path, cache=str(tmp_path / "cache"), chosen=("jwt/token-never-expires", LITERAL)))
        after = set(cache.facts())
        assert source("cors.py", (tmp_path / "cors.py").read_bytes()).digest in after
        assert source("app.py", CODE.encode()).digest not in after

    def test_hostile_facts_neither_crash_nor_stay(self, tmp_path: Path) -> None:
        """A cache in which a project means nonsense costs a reading, and what is said is the truth."""
        write(tmp_path / "app.py", CODE)
        truth = analyse(job_of(tmp_path))
        cache = Cache(tmp_path / "cache", str(tmp_path))
        digest = source("app.py", CODE.encode()).digest
        facts = facts_of(CODE.encode())
        far = msgspec.structs.replace
        for hostile in (
            far(facts, steps=tuple(far(one, line=-5, end_line=2**62) for one in facts.steps)),
            far(facts, steps=tuple(far(one, block=5) for one in facts.steps)),
            far(facts, trouble="x", trouble_line=2**62),
        ):
            cache.keep_facts({digest: encoded(hostile)})
            for file in (tmp_path / "cache").glob("verdict-*"):
                file.unlink()
            assert analyse(job_of(tmp_path, cache=str(tmp_path / "cache"))).findings == truth.findings

    def test_facts_that_make_a_rule_fail_are_not_believed(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Where a rule fails on facts from a cache, the files are read again before Keck is blamed."""
        write(tmp_path / "app.py", CODE)
        cache = Cache(tmp_path / "cache", str(tmp_path))
        cache.keep_facts({source("app.py", CODE.encode()).digest: encoded(Facts(trouble="odd"))})
        (rule,) = (one for one in rules() if one.id == LITERAL)
        check = rule._check  # noqa: SLF001 - to be wrapped

        def picky(project: Project) -> object:
            if project.broken:
                raise TypeError
            return check(project) if check else []

        monkeypatch.setattr(rule, "_check", picky)
        verdict = analyse(job_of(tmp_path, cache=str(tmp_path / "cache")))
        assert told(verdict) == [f"app.py:2 {AT_MODULE}", f"app.py:3 {LITERAL}"]
        assert verdict.faults == ()

    def test_hostile_verdict_is_not_believed(self, tmp_path: Path) -> None:
        """A verdict on files outside the project is not told, even under the right key."""
        write(tmp_path / "app.py", CODE)
        job = job_of(tmp_path, cache=str(tmp_path / "cache"))
        truth = analyse(job)
        cache = Cache(tmp_path / "cache", str(tmp_path))
        data = next((tmp_path / "cache").glob("verdict-*")).read_bytes()
        key = msgspec.msgpack.decode(data[32:], type=Verdict).key
        cache.keep_verdict(Verdict(key, (Finding(LITERAL, Level.error, Place("/etc/passwd"), "is", "do"),)))
        assert analyse(job).findings == truth.findings
        cache.keep_verdict(Verdict(key))
        assert analyse(job).findings == ()  # a lie that could be true
