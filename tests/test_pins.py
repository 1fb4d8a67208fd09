from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.utils import canonicalize_name

from keck.pins import Pin, Pins, manifest, normalised, pins

JWT = "Flask-JWT-Extended"


def pinned(**files: str) -> Pins:
    """Return the pins of files with these texts (``a__b_txt`` is ``a/b.txt``)."""
    return pins({name.replace("__", "/").replace("_", "."): text.encode() for name, text in files.items()})


def allowed(pin: Pin | None) -> tuple[str | None, str | None, str | None, str | None] | None:
    """Return what a pin allows: exactly, at least, below, at most."""
    return None if pin is None else (pin.exact, pin.at_least, pin.below, pin.at_most)


def one(path: str, text: str | bytes, name: str = JWT) -> Pin | None:
    """Return the pin of a distribution in one file."""
    return pins({path: text.encode() if isinstance(text, str) else text}).of(name)


class TestRequirements:
    """Requirements files and its like."""

    @pytest.mark.parametrize(
        ("line", "wanted"),
        [
            ("Flask-JWT-Extended==3.25.0", ("3.25.0", None, None, None)),
            ("flask_jwt.extended ===3.25.0", ("3.25.0", None, None, None)),
            ("Flask-JWT-Extended[asymmetric_crypto] == 4.6.0  # tokens", ("4.6.0", None, None, None)),
            ("flask-jwt-extended==4.6.0 ; python_version < '3.12'", ("4.6.0", None, None, None)),
            ("flask-jwt-extended==4.6.0 --hash=sha256:abc --hash=sha256:def", ("4.6.0", None, None, None)),
            ("flask-jwt-extended==4.6.0 \\\n    --hash=sha256:abc", ("4.6.0", None, None, None)),
            ("flask-jwt-extended==3.*", (None, "3", "4", None)),
            ("flask-jwt-extended~=3.13.1", (None, "3.13.1", "3.14", None)),
            ("flask-jwt-extended~=3.13", (None, "3.13", "4", None)),
            ("flask-jwt-extended~=3", (None, "3", None, None)),
            ("flask-jwt-extended<4", (None, None, "4", None)),
            ("flask-jwt-extended (>=3.1, <4.0)", (None, "3.1", "4.0", None)),
            ("flask-jwt-extended>3,<=3.25.1,!=3.5", (None, "3", None, "3.25.1")),
            ("flask-jwt-extended", (None, None, None, None)),
            ("flask-jwt-extended @ https://example.org/x.whl", (None, None, None, None)),
            ("flask-jwt-extended~=latest", (None, "latest", None, None)),
        ],
    )
    def test_each_form_of_a_requirement_is_read(self, line: str, wanted: tuple[str | None, ...]) -> None:
        """Extras, markers, hashes, comments and every operator are understood."""
        assert allowed(one("requirements.txt", f"# pinned\n\n{line}\nother==1\n")) == wanted

    @pytest.mark.parametrize(
        "line",
        [
            "-e git+https://example.org/x.git#egg=Flask-JWT-Extended==3.0",
            "--extra-index https://example.org/flask-jwt-extended",
            "./flask-jwt-extended",
            "# flask-jwt-extended==3.0",
            "flask-jwt-extended-more==3.0",
            "flask jwt extended == 3.0",
            "git+https://example.org/flask-jwt-extended@3.0",
        ],
    )
    def test_what_is_no_requirement_pins_nothing(self, line: str) -> None:
        """Editable lines, options, paths, URLs and comments are passed over."""
        assert one("requirements.txt", line + "\n") is None

    def test_the_place_of_a_pin_is_its_line(self) -> None:
        """A pin says in which file and line it stands, also after continued lines."""
        found = one("requirements/base.txt", "a==1 \\\n  --hash=x\n# b\n\nFlask_JWT_Extended==3.0\n")
        assert found == Pin("flask-jwt-extended", "3.0", None, None, "requirements/base.txt", 5)

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
    def test_what_powershell_writes_is_read(self, encoding: str) -> None:
        """A file in UTF-16, with a byte order mark, or with stray bytes is read all the same."""
        assert allowed(one("requirements.txt", "# caf\xe9\r\nflask-jwt-extended==3.0\r\n".encode(encoding))) == (
            *("3.0", None, None, None),
        )

    def test_a_continued_last_line_is_read(self) -> None:
        """A backslash at the very end of the file loses nothing."""
        assert allowed(one("requirements.txt", "flask-jwt-extended==3.0 \\")) == ("3.0", None, None, None)
        assert pinned(requirements_txt="\\").folders == {}

    def test_included_files_speak_for_the_directory_that_includes_them(self) -> None:
        """A file of another directory or of an odd name counts where ``-r`` names it; circles end."""
        files = {
            "api/requirements.txt": b"-r ../deps/common.list\n-r ../deps/common.list\n--requirement=gone.txt\n-r here.txt",
            "api/here.txt": b"-r requirements.txt\nhere==1\n",
            "deps/common.list": b"-c constraints.txt\nflask-mail==0.9.1\n",
            "deps/constraints.txt": b"flask-cors<3\n-r ../api/requirements.txt\n",
        }
        found = pins(files)
        assert sorted(found.folders["api"]) == ["flask-cors", "flask-mail", "here"]
        assert sorted(found.folders["deps"]) == ["flask-cors", "flask-mail", "here"]

    def test_files_of_one_folder_are_not_read_twice(self) -> None:
        """An included file that is read anyway gives one pin."""
        found = pinned(requirements_txt="-r requirements/prod.txt", requirements__prod_txt="flask-mail==0.9.1")
        assert len(found.folders[""]["flask-mail"]) == 1


class TestManifests:
    """All other manifests, and lock files."""

    POETRY = '[tool.poetry.dependencies]\npython = "^3.11"\nflask-jwt-extended = {}\n'

    @pytest.mark.parametrize(
        ("constraint", "wanted"),
        [
            ('"^3.25.0"', (None, "3.25.0", "4", None)),
            ('"^0.9.1"', (None, "0.9.1", "0.10", None)),
            ('"^0.0.3"', (None, "0.0.3", "0.0.4", None)),
            ('"^0"', (None, "0", "1", None)),
            ('"^x"', (None, "x", None, None)),
            ('"~3.25.0"', (None, "3.25.0", "3.26", None)),
            ('"~3"', (None, "3", "4", None)),
            ('"~=3.25"', (None, "3.25", "4", None)),
            ('"3.25.0"', ("3.25.0", None, None, None)),
            ('"3.*"', (None, "3", "4", None)),
            ('">=3.1,<4.0"', (None, "3.1", "4.0", None)),
            ('"<2 || >4"', (None, None, None, None)),
            ('"*"', (None, None, None, None)),
            ('{version = "3.0", extras = ["asymmetric_crypto"]}', ("3.0", None, None, None)),
            ('{git = "https://example.org/x"}', (None, None, None, None)),
        ],
    )
    def test_poetry_has_forms_of_its_own(self, constraint: str, wanted: tuple[str | None, ...]) -> None:
        """Carets, tildes, wildcards and tables mean what they mean to Poetry."""
        assert allowed(one("pyproject.toml", self.POETRY.format(constraint))) == wanted

    @pytest.mark.parametrize(
        "text",
        [
            '[project]\ndependencies = [\n  "flask",\n  "Flask-JWT-Extended==3.0",\n]\n',
            '[project.optional-dependencies]\ntokens = [\n\n  "flask-jwt-extended==3.0"]\n',
            '[dependency-groups]\ndev = [{include-group = "x"},\n\n  "flask-jwt-extended==3.0"]\n',
            '[tool.uv]\n\ndev-dependencies = [\n  "flask-jwt-extended==3.0"]\n',
            '[tool.pdm.dev-dependencies]\n\ntest = [\n  "flask-jwt-extended==3.0"]\n',
            '[tool.poetry.group.dev.dependencies]\npytest = "*"\n\nflask-jwt-extended = "3.0"\n',
            '# flask-jwt-extended = here\n\n[tool.poetry.dev-dependencies]\nflask-jwt-extended = "3.0"\n',
        ],
    )
    def test_every_table_of_pyproject_counts(self, text: str) -> None:
        """Dependencies, extras, groups and the tables of tools are read, with the line."""
        assert one("pyproject.toml", text) == Pin("flask-jwt-extended", "3.0", None, None, "pyproject.toml", 4)

    def test_an_entry_that_toml_spells_otherwise_is_on_the_first_line(self) -> None:
        """Where the text of an entry is not found again its line is not known, and no harm done."""
        found = one("pyproject.toml", '[project]\ndependencies = ["flask-jwt\\u002dextended==3.0"]')
        assert found == Pin("flask-jwt-extended", "3.0", None, None, "pyproject.toml", 1)

    def test_an_entry_that_stands_only_in_a_comment_first_is_found_below(self) -> None:
        """A comment that names the distribution is not the place."""
        found = one("Pipfile", '[packages]\n# "flask-mail" is new\n"flask-mail" = "==0.9.1"\n', "flask-mail")
        assert found is not None
        assert (found.exact, found.line) == ("0.9.1", 3)

    def test_a_pipfile_and_its_lock_agree_on_the_lock(self) -> None:
        """Pipfile gives ranges, its lock exact versions, also under a name in lower case."""
        text = json.dumps(
            {"default": {"flask-jwt-extended": {"version": "==3.10.0"}, "x": {"git": "y"}, "z": 3}}, indent=1
        )
        for name in ("Pipfile.lock", "pipfile.lock"):
            found = pins({"Pipfile": b'[packages]\nflask-jwt-extended = "*"\n', name: text.encode()})
            assert found.of(JWT) == Pin("flask-jwt-extended", "3.10.0", None, None, name, 3)

    @pytest.mark.parametrize("name", ["poetry.lock", "uv.lock", "pdm.lock", "api/Poetry.lock"])
    def test_lock_files_in_toml_are_read_by_line(self, name: str) -> None:
        """A package's name and version are taken in either order; what belongs to other tables is not."""
        text = (
            'version = 1\n[[package]]\nname = "flask-cors"\nversion = "3.0.7"\ndependencies = [\n    { name = "six" },\n]\n'
            '[package.extras]\nname = "no"\nversion = "9"\n[[package]]\ndescription = "x"\nversion = "3.25.0"\n'
            'name = "Flask-JWT-Extended"\n\n[[package]]\nname = "local"\n\n[metadata]\nname = "m"\nversion = "1"\n'
        )
        found = pins({name: text.encode()})
        assert found.of(JWT) == Pin("flask-jwt-extended", "3.25.0", None, None, name, 14)
        assert sorted(*found.folders.values()) == ["flask-cors", "flask-jwt-extended"]

    def test_a_package_locked_twice_is_pinned_to_neither(self) -> None:
        """Where platforms have different versions nothing is certain; the same version twice is one."""
        block = '[[package]]\nname = "{}"\nversion = "{}"\n'
        found = pinned(
            uv_lock=block.format("a", 1) + block.format("a", 2) + block.format("b", 1) + block.format("b", 1)
        )
        assert allowed(found.of("a")) == (None, None, None, None)
        assert allowed(found.of("b")) == ("1", None, None, None)

    def test_setup_py_is_read_and_not_run(self) -> None:
        """Literal lists count, also by way of a name, joined, in tuples, in extras and as one text."""
        text = (
            "from setuptools import setup\nraise SystemExit\nbase = ['flask-cors==3.0.7'] + more()\nbase.x = 1\n"
            "setup(install_requires=base + [*('flask-mail==0.9.1',), name],\n"
            "      extras_require={'jwt': {'Flask-JWT-Extended<4'}, **x}, tests_require='flask-caching==1.7.2\\n\\npytest\\n',\n"
            "      keywords=['flask-limiter==1'], version=1)\n"
        )
        found = pinned(setup_py=text)
        assert {name: allowed(found.of(name)) for name in found.folders[""]} == {
            "flask-cors": ("3.0.7", None, None, None),
            "flask-mail": ("0.9.1", None, None, None),
            "flask-jwt-extended": (None, None, "4", None),
            "flask-caching": ("1.7.2", None, None, None),
            "pytest": (None, None, None, None),
        }

    def test_a_name_that_stands_for_itself_ends(self) -> None:
        """A list that is defined by itself does not go round for ever."""
        assert pinned(setup_py="a = a + ['flask-mail==1']\nsetup(install_requires=a)").of("flask-mail") is not None

    def test_setup_cfg_is_read(self) -> None:
        """install_requires, on one line or below, and the extras count; other options do not."""
        text = (
            "# x\n[metadata]\nname = flask-mail\n[options]\npackages = flask-limiter==1\n    flask-caching==1\n"
            "install_requires =\n    flask-cors==3.0.7\n    ; no\n\n    Flask-JWT-Extended<4 # y\n"
            "setup_requires = flask-mail==0.9.1\n[options.extras_require]\nx = flask-sqlalchemy<3\n    click==8\n[flake8]\na = b==1"
        )
        found = pinned(setup_cfg=text)
        assert sorted(found.folders[""]) == [
            *("click", "flask-cors", "flask-jwt-extended", "flask-mail", "flask-sqlalchemy"),
        ]
        assert found.of(JWT) == Pin("flask-jwt-extended", None, "4", None, "setup.cfg", 11)

    def test_conda_environments_are_read(self) -> None:
        """Own entries of conda entries are fuzzy unless they have a build; the pip section has requirements."""
        text = (
            "name: x\nchannels:\n  - flask-limiter=1\ndependencies:\n  - python=3.11\n  - conda-forge::flask-cors=3.0 # c\n"
            "  - flask-caching=1.*\n  - flask-mail=0.9.1=py_0\n  - flask\n  - pip:\n    - 'Flask-JWT-Extended==3.25.0'\n    - -e .\nprefix: /x\n"
        )
        found = pinned(environment_yml=text)
        assert {name: allowed(found.of(name)) for name in found.folders[""]} == {
            "python": (None, "3.11", "3.12", None),
            "flask-cors": (None, "3.0", "3.1", None),
            "flask-caching": (None, "1", "2", None),
            "flask-mail": ("0.9.1", None, None, None),
            "flask": (None, None, None, None),
            "flask-jwt-extended": ("3.25.0", None, None, None),
        }

    @pytest.mark.parametrize(
        ("path", "data"),
        [
            ("pyproject.toml", b"[project\n"),
            ("pyproject.toml", b"project = 1\ntool = []\n"),
            (
                "pyproject.toml",
                b'[project]\ndependencies = "flask-mail==1"\n[tool.poetry]\ngroup = {a = 1}\ndependencies = {b = 1}',
            ),
            ("pyproject.toml", b"a = " + b"[" * 100_000),
            ("Pipfile", b"packages = 3\n"),
            ("Pipfile.lock", b"{"),
            ("Pipfile.lock", b"[]"),
            ("Pipfile.lock", b"[" * 1_000_000),
            ("Pipfile.lock", b'{"default": 3}'),
            ("setup.py", b"print 'x'"),
            ("setup.py", b"setup(install_requires=['\\d'])\0"),
            ("setup.py", b"x = '\\d'\n"),
            ("setup.py", b"(" * 100_000),
            ("poetry.lock", b"[[package]]\nname = 3\n\xff"),
            ("requirements.txt", b"\xff\xfe\x00"),
            ("environment.yml", b"\xff: -\n- "),
        ],
    )
    def test_broken_files_pin_nothing(self, path: str, data: bytes) -> None:
        """What cannot be understood is passed over; nothing is raised or warned of."""
        assert pins({path: data}).folders == {}

    @given(
        st.sampled_from(
            [
                "requirements.txt",
                "pyproject.toml",
                "Pipfile",
                "Pipfile.lock",
                "uv.lock",
                "setup.py",
                "setup.cfg",
                "environment.yml",
            ]
        ),
        st.binary() | st.text("[]{}=\"'.,<>~^*-:# \n\\abc19").map(str.encode),
    )
    def test_no_bytes_raise(self, path: str, data: bytes) -> None:
        """Whatever stands in a manifest, reading and asking are safe."""
        found = pins({path: data})
        for table in found.folders.values():
            for name in table:
                found.before(name, "1")

    @pytest.mark.parametrize(
        "path",
        [
            *(
                "requirements.txt",
                "a/requirements-dev.txt",
                "requirements/x.in",
                "dev_requirements.pip",
                "constraints.txt",
            ),
            *(
                "pyproject.toml",
                "PIPFILE",
                "pipfile.lock",
                "uv.lock",
                "setup.py",
                "x/setup.cfg",
                "environment.prod.yaml",
            ),
        ],
    )
    def test_manifests_are_known_by_name(self, path: str) -> None:
        """Each kind of manifest is recognised, whatever the case of its name."""
        assert manifest(path)

    @pytest.mark.parametrize(
        "path", ["requirements.py", "yarn.lock", "my-setup.py", "docs/notes.txt", "requirements/a/b.txt"]
    )
    def test_other_files_are_no_manifests(self, path: str) -> None:
        """A name that only resembles one is passed over."""
        assert not manifest(path)
        assert pins({path: b"flask-mail==1"}).folders == {}


class TestBefore:
    """What is certain about a version."""

    @pytest.mark.parametrize(
        ("specifier", "verdict"),
        [
            *(("==3.25.0", True), ("==4.0.0", False), ("==4.6", False), ("==4.0.0rc1", True)),
            *(("<4", True), ("<4.0.0", True), ("<3.9", True), ("<5", None), ("<=3.99", True), ("<=4", None)),
            *((">=4", False), (">=4.2,<5", False), (">3", None), (">=3,<5", None), ("~=3.2", True), ("~=4.1", False)),
            *(("", None), ("==nonsense", None), (">=nonsense", None)),
        ],
    )
    def test_only_what_is_certain_is_said(self, specifier: str, verdict: bool | None) -> None:
        """True or False only where every version allowed is on one side."""
        assert pinned(requirements_txt=JWT + specifier).before("flask_jwt_extended", "4.0.0") is verdict

    def test_what_is_not_pinned_is_unknown(self) -> None:
        """No manifest, or one that does not name the distribution, says nothing; nor does a version that is none."""
        assert pins({}).before(JWT, "4") is None
        assert pinned(requirements_txt="flask==1").before(JWT, "4", "app.py") is None
        assert pinned(requirements_txt="flask==1").before("flask", "four") is None

    def test_a_lock_file_beats_a_range(self) -> None:
        """An exact version decides where a range leaves it open, or says otherwise."""
        lock = '[[package]]\nname = "flask-jwt-extended"\nversion = "4.7.1"\n'
        assert pinned(requirements_txt=JWT + ">=3", uv_lock=lock).before(JWT, "4") is False
        assert pinned(requirements_txt=JWT + "<4", uv_lock=lock).before(JWT, "4") is False

    def test_what_disagrees_is_unknown(self) -> None:
        """Two exact versions on both sides of the limit leave it open; on one side they do not."""
        files = {"requirements_txt": JWT + "==3.0", "requirements_dev_txt": JWT + "==4.5"}
        assert pinned(**files).before(JWT, "4") is None
        assert pinned(**files).before(JWT, "5") is True
        assert pinned(requirements_txt=JWT, constraints_txt=JWT + "<4").before(JWT, "4") is True
        assert pinned(requirements_txt=f"{JWT}>=4\n{JWT}<4").before(JWT, "4") is None

    FILES: Mapping[str, bytes] = {
        "requirements.txt": b"flask-jwt-extended==4.0\nflask-mail==0.9.1\n",
        "api/requirements/base.txt": b"flask-jwt-extended==3.0\n",
        "api/tests/requirements.txt": b"pytest==8\n",
        "api/pyproject.toml": b"[tool.ruff]\nline-length = 100\n",
    }

    @pytest.mark.parametrize(
        ("path", "verdict"),
        [("app.py", False), ("web/app.py", False), ("api/app.py", True), ("api/tests/test_a.py", True), ("", True)],
    )
    def test_the_nearest_manifest_that_names_it_decides(self, path: str, verdict: bool) -> None:
        """A manifest speaks for its directory and all below; requirements/ speaks for the directory around it."""
        found = pins(self.FILES if path else {"api/requirements.txt": b"flask-jwt-extended==3.0"})
        assert found.before(JWT, "4", path) is verdict

    def test_a_file_with_no_manifest_above_it_asks_the_whole_project(self) -> None:
        """Where code and manifest stand side by side, the one manifest there is counts; several must agree."""
        beside = pins({"docker/requirements.txt": b"flask-jwt-extended==3.0"})
        assert beside.before(JWT, "4", "src/shop/app.py") is True
        several = pins({"a/requirements.txt": b"flask-mail==0.9", "b/requirements.txt": b"flask-mail==1.0"})
        assert several.before("flask-mail", "0.10", "c/app.py") is None
        assert several.before("flask-mail", "0.10", "b/app.py") is False

    def test_of_gives_the_exact_pin_first(self) -> None:
        """The pin that is shown is the exact one where there is one."""
        found = pinned(requirements_txt=JWT + "==3.1", requirements_in=JWT + ">=3")
        assert allowed(found.of(JWT, "app.py")) == ("3.1", None, None, None)
        assert pins(self.FILES).of("flask-mail", "api/x.py") == Pin(
            "flask-mail", "0.9.1", None, None, "requirements.txt", 2
        )
        assert pins(self.FILES).of("flask-cors", "api/x.py") is None


@given(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,20}", fullmatch=True))
def test_names_are_normalised_as_installers_do(name: str) -> None:
    """Names are compared in the form that the packaging specifications define."""
    assert normalised(name) == canonicalize_name(name)
