from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keck.source import Tree, discover, find, project_of, read, source
from keck.source.ignore import Ignore

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names or permissions")


def plant(root: Path, *paths: str, **texts: str) -> Path:
    """Write empty files, and files with text (``a__b`` stands for ``a/b``, ``_DOT_`` for a dot)."""
    for path in paths:
        write(root / path, "")
    for key, text in texts.items():
        write(root / key.replace("__", "/").replace("_DOT_", "."), text)
    return root


def write(path: Path, text: str) -> None:
    """Write a file and what directories it needs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")


class TestFiles:
    """Which files are found."""

    def test_python_files_are_found_sorted_with_slashes(self, tmp_path: Path) -> None:
        """Python files are listed by their path with slashes, in order; stubs and the rest are not."""
        plant(tmp_path, "b.py", "a/c/d.py", "a/b.py", "a/b.pyi", "notes.md", "run.pyw")
        assert find(tmp_path).files == ("a/b.py", "a/c/d.py", "b.py")

    def test_an_empty_directory_is_a_project_without_files(self, tmp_path: Path) -> None:
        """Where there is nothing, the root itself is the project."""
        assert find(tmp_path) == Tree((), (), (), ("",))

    @pytest.mark.parametrize(
        "folder",
        [".git", ".hg", ".tox", ".nox", ".venv", ".eggs", "__pycache__", "node_modules", ".keck_cache", ".ruff_cache"],
    )
    def test_directories_of_tools_are_passed_over_silently(self, tmp_path: Path, folder: str) -> None:
        """What tools keep beside the code is neither checked nor mentioned."""
        plant(tmp_path, "app.py", f"{folder}/x.py", f"pkg/{folder}/y.py")
        tree = find(tmp_path)
        assert tree.files == ("app.py",)
        assert tree.notices == ()

    @pytest.mark.parametrize("folder", ["build", "dist", "env", "venv", "lib", "bin", "vendor"])
    def test_ordinary_directories_are_looked_at_whatever_their_name(self, tmp_path: Path, folder: str) -> None:
        """A directory is not passed over for a name that somebody's own code may have."""
        plant(tmp_path, f"{folder}/x.py")
        assert find(tmp_path).files == (f"{folder}/x.py",)

    def test_the_root_is_looked_at_whatever_its_name(self, tmp_path: Path) -> None:
        """A root that is called like a tool's directory, or is an environment, is checked."""
        root = plant(tmp_path / "node_modules", "app.py", "pyvenv.cfg")
        assert find(root).files == ("app.py",)

    @posix
    def test_links_to_directories_are_not_followed(self, tmp_path: Path) -> None:
        """A link to a directory, a loop above all, leads nowhere; a link to a file is a file."""
        plant(tmp_path, "pkg/a.py")
        (tmp_path / "pkg" / "loop").symlink_to(tmp_path, target_is_directory=True)
        (tmp_path / "folder.py").symlink_to(tmp_path / "pkg", target_is_directory=True)
        (tmp_path / "linked.py").symlink_to(tmp_path / "pkg" / "a.py")
        (tmp_path / "broken.py").symlink_to(tmp_path / "nowhere.py")
        (tmp_path / "itself.py").symlink_to(tmp_path / "itself.py")
        assert find(tmp_path).files == ("linked.py", "pkg/a.py")

    def test_excluded_patterns_are_left_out(self, tmp_path: Path) -> None:
        """Patterns of the settings have the syntax of gitignore and are relative to the root."""
        plant(tmp_path, "a.py", "old/b.py", "pkg/old/c.py", "pkg/d_gen.py", "pkg/e.ipynb")
        tree = find(tmp_path, exclude=["/old/", "*_gen.py", "*.ipynb"])
        assert tree.files == ("a.py", "pkg/old/c.py")
        assert tree.notices == ()

    def test_ten_thousand_files_are_no_burden(self, tmp_path: Path) -> None:
        """Thousands of files in hundreds of directories are all found."""
        for number in range(100):
            plant(tmp_path, *(f"d{number}/f{each}.py" for each in range(20)))
        assert len(find(tmp_path).files) == 2000


class TestExplicit:
    """What was named is checked."""

    def test_what_is_given_is_checked_even_if_it_is_ignored(self, tmp_path: Path) -> None:
        """A file or directory that was named is looked at though git ignores it or the settings exclude it."""
        plant(tmp_path, "secret.py", "gen/a.py", "gen/b.py", "left.py", _DOT_gitignore="secret.py\ngen/\nleft.py\n")
        tree = find(tmp_path, exclude=["gen"], explicit=[tmp_path / "secret.py", tmp_path / "gen"])
        assert tree.files == ("gen/a.py", "gen/b.py", "secret.py")

    def test_a_given_file_may_have_any_name(self, tmp_path: Path) -> None:
        """A script without a suffix is checked when it is named, also inside a directory that is passed over."""
        plant(tmp_path, "app.py", "manage", ".venv/bin/tool")
        given = [tmp_path / "manage", tmp_path / ".venv" / "bin" / "tool", tmp_path / "app.py"]
        assert find(tmp_path, explicit=given).files == (".venv/bin/tool", "app.py", "manage")

    def test_what_lies_elsewhere_or_nowhere_is_not_added(self, tmp_path: Path) -> None:
        """The root itself, a path above or beside it, and one that does not exist add nothing."""
        root = plant(tmp_path / "here", "a.py", "pkg/b.py")
        plant(tmp_path, "here2/c.py")
        given = [root, tmp_path, tmp_path / "here2", root / "gone", root / "pkg"]
        assert find(root, explicit=given) == find(root)

    def test_a_given_directory_belongs_to_the_project_around_it(self, tmp_path: Path) -> None:
        """An ignored directory that was named is no project of its own inside one, and is one outside."""
        plant(tmp_path, "a/app.py", "a/gen/x.py", a___DOT_gitignore="gen\n", b__readme="")
        plant(tmp_path, "node_modules/y.py")
        tree = find(tmp_path, explicit=[tmp_path / "a" / "gen", tmp_path / "node_modules"])
        assert tree.projects == ("a", "b", "node_modules")

    def test_a_relative_root_is_understood(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Paths given relative to the working directory meet those found."""
        plant(tmp_path, "a.py", "b.txt")
        monkeypatch.chdir(tmp_path)
        assert find(Path(), explicit=[Path("b.txt")]).files == ("a.py", "b.txt")


class TestNotices:
    """What is said of what was passed over."""

    def test_notebooks_are_counted(self, tmp_path: Path) -> None:
        """Notebooks are one line; ignored ones are none."""
        plant(tmp_path, "a.ipynb", "b/c.ipynb", "b/d.ipynb", b___DOT_gitignore="d.ipynb")
        assert find(tmp_path).notices == ("passed over 2 notebooks",)
        assert find(tmp_path / "b").notices == ("passed over 1 notebook",)

    @pytest.mark.parametrize(
        "parts",
        [
            ("pyvenv.cfg",),
            ("Lib/site-packages/flask/app.py",),
            ("lib/python3.12/site-packages/flask/app.py", "bin/python"),
            ("bin/activate", "lib/os.py"),
            ("Scripts/activate", "Lib/os.py"),
        ],
    )
    def test_an_environment_is_known_by_what_it_holds(self, tmp_path: Path, parts: tuple[str, ...]) -> None:
        """A virtual environment is passed over by name, also where only a part of it was committed."""
        plant(tmp_path, "app.py", *(f"website 2/env/{part}" for part in (*parts, "share/x.py")))
        tree = find(tmp_path)
        assert tree.files == ("app.py",)
        assert tree.notices == ("passed over 1 virtual environment: website 2/env",)

    def test_an_ignored_environment_is_not_worth_a_word(self, tmp_path: Path) -> None:
        """A virtual environment that git ignores was not committed."""
        plant(tmp_path, "app.py", "env/pyvenv.cfg", _DOT_gitignore="env/\n")
        assert find(tmp_path).notices == ()

    @pytest.mark.parametrize("parts", [("bin/activate",), ("lib/a.py", "bin/tool"), ("lib/python3/b.py",), ("lib",)])
    def test_a_look_alike_is_no_environment(self, tmp_path: Path, parts: tuple[str, ...]) -> None:
        """A script called activate, or a directory called lib, makes no virtual environment."""
        plant(tmp_path, "pkg/code/mine.py", *(f"pkg/{part}" for part in parts))
        tree = find(tmp_path)
        assert "pkg/code/mine.py" in tree.files
        assert tree.notices == ()

    def test_own_code_in_an_environment_is_checked(self, tmp_path: Path) -> None:
        """Where an environment was made in the project's directory, only what is installed is passed over."""
        plant(tmp_path, "shop/pyvenv.cfg", "shop/app.py", "shop/Lib/site-packages/flask/app.py")
        tree = find(tmp_path)
        assert tree.files == ("shop/app.py",)
        assert tree.notices == ("passed over 1 virtual environment: shop/Lib/site-packages",)

    def test_templates_with_placeholders_in_the_path_are_named(self, tmp_path: Path) -> None:
        """Files that only become Python when a template is filled in are passed over."""
        plant(tmp_path, "hooks/post.py", "{{cookiecutter.app}}/{{cookiecutter.app}}/a.py", "{% if x %}b{% endif %}.py")
        tree = find(tmp_path)
        assert tree.files == ("hooks/post.py",)
        assert tree.notices == (
            "passed over 2 templates with placeholders in the path: {% if x %}b{% endif %}.py, {{cookiecutter.app}}",
        )

    def test_long_lists_are_cut(self, tmp_path: Path) -> None:
        """A notice stays one line, however many things were passed over."""
        plant(tmp_path, *(f"e{number}/pyvenv.cfg" for number in range(7)))
        assert find(tmp_path).notices == ("passed over 7 virtual environments: e0, e1, e2, e3, e4 and 2 more",)

    def test_a_root_that_is_no_directory_is_one_line(self, tmp_path: Path) -> None:
        """A root that has gone away is said to be unreadable; nothing is raised."""
        assert find(tmp_path / "gone").notices == ("could not read 1 directory: .",)

    @posix
    def test_unreadable_directories_are_named(self) -> None:
        """A directory that may not be read is one line, and the rest is found."""
        with tempfile.TemporaryDirectory() as name, unprivileged(Path(name)):
            root = plant(Path(name), "app.py", "shut/a.py", "closed/b.py", "closed/lib/x", "half/lib/x")
            for folder in ("shut", "closed", "half/lib"):
                (root / folder).chmod(0)
            tree = find(root)
            for folder in ("shut", "closed", "half/lib"):
                (root / folder).chmod(0o700)
        assert tree.files == ("app.py",)
        assert tree.notices == ("could not read 3 directories: closed/, half/lib/, shut/",)

    @posix
    def test_names_that_are_not_unicode_are_passed_over(self, tmp_path: Path) -> None:
        """A file or directory whose name is no Unicode cannot stand in a report, and is told without being one."""
        try:
            (tmp_path / os.fsdecode(b"caf\xe9.py")).touch()
            (tmp_path / os.fsdecode(b"d\xff")).mkdir()
        except OSError:
            pytest.skip("this file system takes Unicode only")
        plant(tmp_path, "café.py")
        tree = find(tmp_path, explicit=[tmp_path / os.fsdecode(b"caf\xe9.py")])
        assert tree.files == ("café.py",)
        assert tree.notices == ("passed over 2 paths that are not Unicode: caf\\udce9.py, d\\udcff",)


@contextmanager
def unprivileged(folder: Path) -> Iterator[None]:
    """Be somebody for whom permissions count, also where the tests run as root."""
    if os.geteuid() != 0:
        yield
        return
    os.chown(folder, 65534, 65534)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture(scope="module")
def repository() -> Iterator[Path]:
    """A repository with some files of every kind of name, none of them added."""
    if shutil.which("git") is None:
        pytest.skip("git is not here")
    folder = Path(tempfile.mkdtemp())
    subprocess.run(["git", "init", "-q", folder], check=True)
    plant(
        folder,
        *("a.py", "b.py", "[a].py", "foo/a.py", "foo/bar/a.py", "foo/bar/b.py", "bar/foo/a.py", "bar/b.py"),
        *("x/foo/bar/a.py", "x/y/b.py", "x y/a.py", "!a.py", "#a.py", "foo.py/b.py", "a-b/c.py"),
    )
    yield folder
    shutil.rmtree(folder)


PIECES = r"""
    a b foo bar x y * ** ? / / ! # - \ .py *.py **/ /** foo/ [ab] [!a] [^/x] [a-c] []a] [ [[:alpha:]] [[:nope:]] [\]a]
    [a- [a-] [-a] [z-a] [\ [[:digit:]a] [! [[:digit:]-a] [a-\b]
"""
PATTERNS = st.lists(
    st.lists(st.sampled_from(PIECES.split()) | st.just(" "), min_size=1, max_size=5).map("".join),
    min_size=1,
    max_size=4,
)


class TestIgnore:
    """What git ignores is left out."""

    @given(outer=PATTERNS, inner=PATTERNS)
    @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_git_is_of_the_same_opinion(self, repository: Path, outer: list[str], inner: list[str]) -> None:
        """For arbitrary patterns at two levels, what is found is what git does not ignore."""
        write(repository / ".gitignore", "\n".join(outer) + "\n")
        write(repository / "foo" / ".gitignore", "\n".join(inner))
        listed = subprocess.run(
            ["git", "-c", "core.quotePath=false", "ls-files", "--others", "--exclude-standard", "-z", "*.py"],
            cwd=repository,
            check=True,
            capture_output=True,
        ).stdout.decode()
        assert set(find(repository).files) == set(listed.split("\0")) - {""}

    @pytest.mark.parametrize(
        ("patterns", "left"),
        [
            ("*.py\n!keep.py\n", {"keep.py", "pkg/keep.py"}),
            ("pkg/\n!pkg/keep.py\n", {"keep.py", "other.py"}),
            ("/keep.py\n", {"other.py", "pkg/keep.py", "pkg/other.py"}),
            ("# keep.py\n\\#x\n\nother.py   \n", {"keep.py", "pkg/keep.py"}),
            ("\ufeffkeep.py\r\nother.py\r\n", set()),
            ("**/keep.py\n/pkg/**\n", {"other.py"}),
            ("keep.py/\n/\n!\n", {"keep.py", "other.py", "pkg/keep.py", "pkg/other.py"}),
            ("*\n!*/\n!pkg/keep.py", {"pkg/keep.py"}),
        ],
    )
    def test_the_last_pattern_that_matches_wins(self, tmp_path: Path, patterns: str, left: set[str]) -> None:
        """Negation, anchors, comments, byte order marks and CRLF mean what they mean to git."""
        plant(tmp_path, "keep.py", "other.py", "pkg/keep.py", "pkg/other.py", _DOT_gitignore=patterns)
        assert set(find(tmp_path).files) == left

    def test_the_nearest_ignore_file_decides(self, tmp_path: Path) -> None:
        """A nested ignore file is relative to where it stands and stronger than those above it."""
        plant(tmp_path, "x.py", "pkg/x.py", "pkg/a/x.py", "pkg/b.py", _DOT_gitignore="x.py\n")
        write(tmp_path / "pkg" / ".gitignore", "!x.py\n/a\n/b.py\n")
        assert find(tmp_path).files == ("pkg/x.py",)

    def test_a_repository_has_excludes_of_its_own(self, tmp_path: Path) -> None:
        """What .git/info/exclude says is respected, and weaker than .gitignore."""
        plant(tmp_path, "a.py", "b.py", "c.py")
        write(tmp_path / ".git" / "info" / "exclude", "a.py\nb.py\n")
        write(tmp_path / ".gitignore", "!b.py\n")
        assert find(tmp_path).files == ("b.py", "c.py")

    def test_a_repository_inside_another_has_its_own_rules(self, tmp_path: Path) -> None:
        """What the outer repository ignores means nothing inside an inner one, which the outer may ignore whole."""
        plant(tmp_path, "a.py", "in/a.py", "in/.git/HEAD", "out/b.py", "out/.git/HEAD", _DOT_gitignore="a.py\nout\n")
        assert find(tmp_path).files == ("in/a.py",)

    def test_a_directory_of_a_repository_is_under_its_rules(self, tmp_path: Path) -> None:
        """A check of a sub-directory respects the ignore files between it and the root of the repository."""
        plant(tmp_path, ".git/HEAD", "back/api/a.py", "back/api/gen/b.py", "back/api/c.py", "back/api/d.py")
        write(tmp_path / ".gitignore", "gen/\n/c.py\nd.py\n")
        write(tmp_path / "back" / ".gitignore", "/api/c.py\n!api/d.py\n")
        assert find(tmp_path / "back" / "api").files == ("a.py", "d.py")
        assert find(tmp_path / "back").files == ("api/a.py", "api/d.py")

    def test_an_ignored_root_is_checked(self, tmp_path: Path) -> None:
        """Whoever names a directory that git ignores wants it checked."""
        plant(tmp_path, ".git/HEAD", "x/trees/shop/app.py", "x/trees/shop/b.py", "x/.gitignore")
        write(tmp_path / ".gitignore", "trees/\nb.py\n")
        assert find(tmp_path / "x" / "trees" / "shop").files == ("app.py", "b.py")

    def test_ignore_files_that_are_nonsense_do_no_harm(self, tmp_path: Path) -> None:
        """An ignore file in UTF-16, or one that is a directory, ignores nothing."""
        plant(tmp_path, "a.py", "pkg/b.py", "pkg/.gitignore/c.py")
        (tmp_path / ".gitignore").write_bytes("a.py\n".encode("utf-16"))
        assert find(tmp_path).files == ("a.py", "pkg/.gitignore/c.py", "pkg/b.py")

    @pytest.mark.parametrize(
        "pattern",
        ["k\\", "k[", "k[!", "k[a", "k[\\", "k[a-\\", "k[[:nope:]]*", "k[z-a]*", "k[!e]*", "*/k*", "k*\\/*", "k?"],
    )
    def test_what_matches_nothing_ignores_nothing(self, pattern: str) -> None:
        """A set that does not end, a class that does not exist and a backslash at the end match no name."""
        assert Ignore([pattern]).ignores("keep.py", "keep.py", folder=False) is None

    @pytest.mark.parametrize(
        "pattern",
        [
            *("k[[:alpha:]]*", "k[^a]*", "k[]e]*", "k[a-e]*", "k[a\\-e]*", "\\k*", "k??p.py", "**/keep.py", "/k**"),
            *("/k***", "/**eep.py", "k[e-]*", "k[[:digit:]-e]*", "k[z-ae]*"),
        ],
    )
    def test_sets_ranges_and_stars_match(self, pattern: str) -> None:
        """Classes, negation, a bracket or dash that stands for itself, and escapes are understood."""
        assert Ignore([pattern]).ignores("keep.py", "keep.py", folder=False) is True

    def test_an_escaped_slash_after_stars_is_a_slash(self) -> None:
        """Two stars cross directories before it."""
        ignore = Ignore(["a/**\\/b"])
        assert ignore.ignores("a/x/y/b", "b", folder=False) is True
        assert ignore.ignores("a/b", "b", folder=False) is None

    def test_no_pattern_has_no_opinion(self) -> None:
        """Where nothing matches, the answer is neither yes nor no."""
        assert Ignore([]).ignores("a.py", "a.py", folder=False) is None


class TestOthers:
    """Files that are not code."""

    def test_what_says_something_about_the_code_is_listed(self, tmp_path: Path) -> None:
        """Manifests, lock files and what deploys are listed; a manifest in Python is both."""
        wanted = (
            *("Dockerfile", "Pipfile", "Procfile", "api/Dockerfile.prod", "boot", "compose.yaml"),
            *("deploy/k8s/web.yml", "gunicorn.conf.py", "pipfile.lock", "requirements/prod.txt", "setup.py"),
        )
        plant(tmp_path, *wanted, "app.py", "README.md", "data.json", "i18n/de.yml", "notes.txt", "LICENSE")
        tree = find(tmp_path)
        assert tree.others == wanted
        assert tree.files == ("app.py", "gunicorn.conf.py", "setup.py")

    def test_ignored_ones_and_templates_are_not(self, tmp_path: Path) -> None:
        """A lock file that git ignores, or one inside a template, says nothing about this project."""
        plant(tmp_path, "uv.lock", "{{x}}/requirements.txt", ".venv/requirements.txt", _DOT_gitignore="uv.lock\n")
        assert find(tmp_path).others == ()


class TestProjects:
    """Where one project ends and the next begins."""

    @pytest.mark.parametrize(
        "marker",
        [
            *(".git/HEAD", "pyproject.toml", "setup.py", "setup.cfg", "requirements-dev.txt", "Pipfile", "readme.rst"),
            *("LICENSE", ".gitignore", "Dockerfile", "Procfile", "docker-compose.prod.yml", "compose.yaml"),
            *("package.json", "Makefile", "tox.ini", "app.py"),
        ],
    )
    def test_a_marker_makes_a_project(self, tmp_path: Path, marker: str) -> None:
        """A directory with any marker is a project; those above it without one are none."""
        plant(tmp_path, f"work/shop/{marker}", "work/shop/src/shop/app.py", "work/.env")
        assert find(tmp_path).projects == ("work/shop",)

    def test_only_a_repository_starts_a_project_inside_another(self, tmp_path: Path) -> None:
        """A manifest or module inside a project belongs to it; what has its own .git does not."""
        plant(tmp_path, "README.md", "back/pyproject.toml", "back/app.py", "vendored/.git/HEAD", "vendored/x.py")
        assert find(tmp_path).projects == ("", "vendored")

    def test_many_repositories_are_what_each_is_alone(self, tmp_path: Path) -> None:
        """A folder of repositories, also without .git, gives for each what a check of it alone gives."""
        plant(tmp_path, "one/README.md", "one/app.py", "one/web/Procfile", "two/api/app.py", "two/site/package.json")
        plant(tmp_path, "three/pyproject.toml", "three/src/x.py", three___DOT_gitignore="src/gen\n")
        plant(tmp_path, "three/src/gen/y.py", "four/venv/Lib/site-packages/z.py", "four/docs/index.html")
        whole = find(tmp_path)
        assert whole.projects == ("one", "three", "two/api", "two/site")
        for name in ("one", "two", "three", "four"):
            alone = find(tmp_path / name)
            assert alone.files == tuple(path[len(name) + 1 :] for path in whole.files if path.startswith(name + "/"))
            own = tuple(path[len(name) + 1 :] for path in whole.projects if (path + "/").startswith(name + "/"))
            assert alone.projects == (own or ("",))

    def test_a_file_belongs_to_the_innermost_project(self) -> None:
        """Of several projects around a file the innermost is its own; where there is none it is the root."""
        projects = ("", "a", "a/b")
        assert project_of("a/b/c/d.py", projects) == "a/b"
        assert project_of("a/bc/d.py", projects) == "a"
        assert project_of("x.py", projects) == ""
        assert project_of("z/x.py", ("a",)) == ""


class TestDiscover:
    """The project of a single file."""

    @pytest.mark.parametrize("marker", [".git/HEAD", "pyproject.toml", "setup.py", "requirements.txt", "Pipfile"])
    def test_the_nearest_manifest_upwards_is_the_root(self, tmp_path: Path, marker: str) -> None:
        """A single file is checked in the project of the nearest repository or manifest above it."""
        plant(tmp_path, f"shop/{marker}", "shop/src/pkg/app.py", "pyproject.toml")
        assert discover(tmp_path / "shop" / "src" / "pkg" / "app.py") == tmp_path / "shop"

    def test_without_one_it_is_the_directory_of_the_file(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A lone file is a project in its own directory; a repository of dotfiles in the home directory is none."""
        plant(tmp_path, ".git/HEAD", "scratch/deep/app.py")
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.setenv("USERPROFILE", str(tmp_path))
        assert discover(tmp_path / "scratch" / "deep" / "app.py") == tmp_path / "scratch" / "deep"
        assert discover(tmp_path / "app.py") == tmp_path

    def test_a_directory_that_is_not_there_is_passed_on_the_way(self, tmp_path: Path) -> None:
        """A file that is yet to be written (standard input with a name) has a project too."""
        plant(tmp_path, "setup.py")
        assert discover(tmp_path / "new" / "app.py") == tmp_path


class TestRead:
    """Bytes, or none."""

    def test_bytes_come_back_as_they_are(self, tmp_path: Path) -> None:
        """Five megabytes, NUL and latin-1 are bytes like others; the digest tells them apart."""
        for data in (b"", b"x = '\xe9'\x00\r\n", b"# long\n" * 750_000):
            (tmp_path / "a.py").write_bytes(data)
            assert read(tmp_path, "a.py") == data
            assert source("a.py", data).digest == blake2b(data, digest_size=20).hexdigest()

    @pytest.mark.parametrize("path", ["gone.py", "folder", "nul\0.py"])
    def test_what_cannot_be_read_is_none(self, tmp_path: Path, path: str) -> None:
        """A file that has vanished, a directory and an impossible name are None, and nothing is raised."""
        (tmp_path / "folder").mkdir()
        assert read(tmp_path, path) is None


def test_a_lone_package_belongs_to_the_folder_above_it(tmp_path: Path) -> None:
    """A package without anything beside it is no project: its absolute imports start at the folder above."""
    for path in ("one/shop/__init__.py", "one/shop/views/__init__.py", "one/tests/test_shop.py", "two/app.py"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("")
    assert find(tmp_path).projects == ("one", "two")
    assert find(tmp_path / "one").projects == ("",)
    (tmp_path / "two" / "README.md").write_text("")
    assert find(tmp_path).projects == ("one", "two")
    (tmp_path / "one" / "shop" / "setup.py").write_text("")
    assert find(tmp_path).projects == ("one/shop", "one/tests", "two")


def test_a_lone_package_beside_marked_projects_is_one_of_them(tmp_path: Path) -> None:
    """In a folder of many projects a repository that is nothing but a package stays a project of its own."""
    for path in ("one/__init__.py", "two/README.md", "two/app.py"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("")
    assert find(tmp_path).projects == ("one", "two")


def test_a_repository_in_a_raised_project_stays_its_own(tmp_path: Path) -> None:
    """A repository that lies beside a package is a project of its own all the same."""
    for path in ("one/shop/__init__.py", "one/vendored/.git/HEAD", "one/vendored/lib.py"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("")
    assert find(tmp_path).projects == ("one", "one/vendored")
