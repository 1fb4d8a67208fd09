"""Settings: where they are found, what they may hold, which rules they choose."""

from __future__ import annotations

from pathlib import Path

import pytest

from keck.finding import Level
from keck.settings import Settings, chosen, load, matches, misnamed
from keck.trouble import Trouble

RULES = (
    "app/extension-never-bound",
    "cors/open-by-default",
    "cors/unknown-option",
    "mail/misconfigured",
    "not-analysed",
)


def pyproject(directory: Path, text: str, name: str = "pyproject.toml") -> Path:
    """Write a settings file and return its directory."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / name).write_bytes(text.encode())
    return directory


def trouble(directory: Path) -> str:
    """Return what loading complains about."""
    with pytest.raises(Trouble) as caught:
        load(directory, RULES)
    return str(caught.value)


@pytest.fixture(autouse=True)
def _stand_in_tmp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_pattern_may_begin_with_the_current_folder(tmp_path: Path) -> None:
    """`./app.py` is the one beside the settings, and joins `/app.py`; dots of other kinds stay."""
    text = """
exclude = ["./a/", "!././b.py", ".venv/", "..a", "./", "# ./c", ""]
[per-file-ignores]
"./app.py" = ["cors/"]
"/app.py" = ["mail/"]
"""
    settings = load(pyproject(tmp_path, text, "keck.toml"), RULES)
    assert settings.exclude == ("/a/", "!/b.py", ".venv/", "..a", "./", "# ./c", "")
    assert settings.per_file_ignores == {"/app.py": ("cors/", "mail/")}


def test_defaults_hold_where_nothing_is_set(tmp_path: Path) -> None:
    """Without a settings file every rule applies, and warnings are what is shown and what fails."""
    settings = load(tmp_path, RULES)
    assert settings == Settings()
    assert (settings.level, settings.fail_level) == (Level.warning, Level.warning)
    assert chosen(RULES, settings) == RULES


def test_every_key_is_read(tmp_path: Path) -> None:
    """Each key of [tool.keck] arrives in the settings, and the root is the file's directory."""
    text = """
[project]
name = "shop"

[tool.keck]
select = ["ALL"]
ignore = ["cors/", "not-analysed"]
exclude = ["migrations/"]
level = "note"
fail-level = "error"
baseline = "keck-baseline.json"

[tool.keck.per-file-ignores]
"scripts/*" = ["app", "mail/misconfigured"]
"""
    assert load(pyproject(tmp_path, text), RULES) == Settings(
        select=("ALL",),
        ignore=("cors/", "not-analysed"),
        exclude=("migrations/",),
        per_file_ignores={"scripts/*": ("app", "mail/misconfigured")},
        level=Level.note,
        fail_level=Level.error,
        baseline="keck-baseline.json",
        root=tmp_path.resolve(),
    )


def test_nearest_file_upwards_wins(tmp_path: Path) -> None:
    """A file further down hides one further up, for a directory as for a file in it."""
    pyproject(tmp_path, '[tool.keck]\nlevel = "error"\n')
    inner = pyproject(tmp_path / "shop", '[tool.keck]\nlevel = "note"\n')
    (inner / "api").mkdir()
    (inner / "api" / "views.py").touch()
    assert load(inner / "api", RULES).level is Level.note
    assert load(inner / "api" / "views.py", RULES).root == inner.resolve()
    assert load(tmp_path / "other", RULES).level is Level.error


@pytest.mark.parametrize(
    "text",
    [
        '[project]\nname = "x"\n',
        "[tool.black]\nline-length = 3\n# keck\n",
        "tool = 3 # keck\n",
        "this is [ not TOML, and nothing of ours",
    ],
)
def test_a_pyproject_without_our_table_does_not_stop_the_search(tmp_path: Path, text: str) -> None:
    """A pyproject.toml that does not set Keck up is passed over."""
    pyproject(tmp_path, '[tool.keck]\nlevel = "error"\n')
    pyproject(tmp_path / "shop", text)
    assert load(tmp_path / "shop", RULES).level is Level.error


def test_keck_toml_has_its_keys_at_the_top(tmp_path: Path) -> None:
    """A keck.toml needs no table, and goes before the pyproject.toml beside it."""
    pyproject(tmp_path, '[tool.keck]\nlevel = "error"\n')
    pyproject(tmp_path, 'level = "note"\n', "keck.toml")
    assert load(tmp_path, RULES).level is Level.note


def test_an_empty_keck_toml_stops_the_search(tmp_path: Path) -> None:
    """An empty keck.toml is a project that has set nothing."""
    pyproject(tmp_path, '[tool.keck]\nlevel = "error"\n')
    pyproject(tmp_path / "shop", "", "keck.toml")
    assert load(tmp_path / "shop", RULES) == Settings(root=(tmp_path / "shop").resolve())


def test_windows_text_is_read(tmp_path: Path) -> None:
    """A byte order mark and CRLF do no harm."""
    assert load(pyproject(tmp_path, '\ufeff[tool.keck]\r\nlevel = "note"\r\n'), RULES).level is Level.note


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('[tool.keck]\n\nselekt = ["ALL"]\n', 3, "unknown key `selekt` in [tool.keck]; did you mean `select`?"),
        (
            "[tool.keck]\n[tool.keck.per_file_ignores]\n",
            2,
            "unknown key `per_file_ignores` in [tool.keck]; did you mean `per-file-ignores`?",
        ),
        ("[tool.keck]\ncolour = 1\n", 2, "unknown key `colour` in [tool.keck]; known are select, ignore"),
        ("[tool.x]\nlevle = 1\n[tool.keck]\n# levle = 2\nlevle = 1\n", 5, "did you mean `level`?"),
        ('[tool.keck]\nselect = "cors"\n', 2, "`select` must be a list of rule ids"),
        ("[tool.keck]\nlevel = 'note'\nignore = [3]\n", 3, "`ignore` must be a list of rule ids"),
        (
            '[tool.keck]\nselect = [\n  "cors/",\n  "cors/unknwon-option",\n]\n',
            4,
            "did you mean `cors/unknown-option`?",
        ),
        ('[tool.keck]\nselect = ["unknown-option"]\n', 2, "did you mean `cors/unknown-option`?"),
        ('[tool.keck]\nselect = ["csrf/unknown-options"]\n', 2, "did you mean `cors/unknown-option`?"),
        ('[tool.keck]\nselect = ["corss"]\n', 2, "unknown rule `corss`; did you mean `cors/`? (in `select`)"),
        ('[tool.keck]\nselect = ["E501"]\n', 2, "unknown rule `E501`; see `keck rules` for all of them"),
        ('[tool.keck]\nexclude = "migrations"\n', 2, "`exclude` must be a list of patterns"),
        ("[tool.keck]\nexclude = ['\\']\n", 2, "is no pattern that .gitignore would take"),
        ("[tool.keck]\nexclude = ['a', '[']\n", 2, "`[` is no pattern that .gitignore would take"),
        ("[tool.keck]\nexclude = ['[z-a]']\n", 2, "`[z-a]` is no pattern that .gitignore would take"),
        ("[tool.keck.per-file-ignores]\n'a[' = ['app']\n", 2, "`a[` is no pattern that .gitignore would take"),
        ("[tool.keck]\nper-file-ignores = ['a']\n", 2, "`per-file-ignores` must be a table of patterns"),
        ("[tool.keck.per-file-ignores]\n'\\' = ['app']\n", 2, "is no pattern that .gitignore would take"),
        (
            "[tool.keck]\nlevel = 'note'\n[tool.keck.per-file-ignores]\n'a/*' = 'app'\n",
            4,
            "`a/*` must be a list of rule",
        ),
        ("[tool.keck.per-file-ignores]\n'a' = ['app']\nb = ['apps']\n", 3, "unknown rule `apps`; did you mean `app/`?"),
        (
            '[tool.keck]\nlevel = "warnings"\n',
            2,
            "`level` must be one of note, warning, error; did you mean `warning`?",
        ),
        ("[tool.keck]\nlevel = 'error'\nfail-level = 2\n", 3, "`fail-level` must be one of note, warning, error"),
        ("[tool.keck]\nlevel = []\n", 2, "`level` must be one of note, warning, error"),
        ("[tool.keck]\nbaseline = true\n", 2, "`baseline` must be the path of a file"),
        ("[tool.keck]\nbaseline = ''\n", 2, "`baseline` must be the path of a file"),
        ("[tool]\n\nkeck = 3\n", 3, "`tool.keck` must be a table: write `[tool.keck]`"),
        ("[tool]\nkeck = { levels = 3 }\n", 2, "unknown key `levels` in [tool.keck]; did you mean `level`?"),
        ("[tool.keck]\nlevel =\n", 2, "broken TOML: Invalid value"),
        ("[tool.keck]\nlevel", 2, "broken TOML: "),
        ("[tool.keck]\nlevel = 1\nlevel = 2\n\n", 3, "broken TOML: Cannot overwrite a value"),
    ],
)
def test_a_fault_is_told_with_its_line_and_a_suggestion(tmp_path: Path, text: str, line: int, said: str) -> None:
    """Unknown keys, wrong types, unknown rules and broken TOML are told where they stand."""
    message = trouble(pyproject(tmp_path, text))
    assert message.startswith(f"pyproject.toml:{line}: ")
    assert said in message


def test_a_table_in_keck_toml_is_told_where_the_keys_go(tmp_path: Path) -> None:
    """Who writes [tool.keck] into a keck.toml learns that it has no tables."""
    message = trouble(pyproject(tmp_path, "\n[tool.keck]\n", "keck.toml"))
    assert message.startswith("keck.toml:2: unknown key `tool` in keck.toml; in keck.toml the keys stand at the top")
    assert "did you mean `level`?" in trouble(pyproject(tmp_path, "\nlevl = 2\n", "keck.toml"))


def test_a_file_outside_the_working_directory_is_named_in_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path that is not below the working directory is printed whole, with slashes."""
    pyproject(tmp_path, "[tool.keck]\nx = 1\n")
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    assert trouble(Path()).startswith(f"{(tmp_path / 'pyproject.toml').resolve().as_posix()}:2: ")


def test_text_that_is_not_utf_8_is_told(tmp_path: Path) -> None:
    """TOML in another encoding is told with the line where it stops being UTF-8."""
    (tmp_path / "keck.toml").write_bytes(b"level = 'note'\n# \xe9\n")
    assert trouble(tmp_path) == "keck.toml:2: not UTF-8, which TOML has to be; save it as UTF-8"


def test_an_unreadable_file_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A settings file without read permission is one sentence."""

    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    pyproject(tmp_path, "", "keck.toml")
    monkeypatch.setattr(Path, "read_bytes", refuse)  # root may read everything, Windows has other permissions
    assert trouble(tmp_path) == "keck.toml cannot be read (Permission denied); mend its permissions"


def test_selectors_default_to_the_rules_that_exist(tmp_path: Path) -> None:
    """Without a list of ids the rules in the package are what selectors may name."""
    assert load(pyproject(tmp_path, '[tool.keck]\nignore = ["unused-ignore"]\n')).ignore == ("unused-ignore",)


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("cors/unknown-option", True),
        ("cors/", True),
        ("cors", True),
        ("ALL", True),
        ("cor", False),
        ("cors/unknown", False),
        ("unknown-option", False),
        ("all", False),
        ("", False),
        ("/", False),
    ],
)
def test_a_selector_is_an_id_a_folder_or_all(selector: str, expected: bool) -> None:
    """Only the whole id, its whole folder and ALL name a rule."""
    assert matches("cors/unknown-option", [selector]) is expected


def test_a_rule_without_folder_is_named_by_its_id() -> None:
    """An id is no folder: `not-analysed/` names nothing."""
    assert matches("not-analysed", ["cors/", "not-analysed"])
    assert not matches("not-analysed", ["not-analysed/", "not"])
    assert misnamed("not-analysed/", RULES) == "unknown rule `not-analysed/`; did you mean `not-analysed`?"


def test_a_selector_that_names_a_rule_is_not_misnamed() -> None:
    """Ids, folders and ALL pass."""
    assert [misnamed(one, RULES) for one in ("ALL", "cors", "app/", "not-analysed")] == [""] * 4


@pytest.mark.parametrize(
    ("select", "ignore", "expected"),
    [
        ((), (), RULES),
        (("ALL",), ("cors/",), (RULES[0], RULES[3], RULES[4])),
        (("cors/",), ("cors/open-by-default",), ("cors/unknown-option",)),
        (("cors/unknown-option",), ("cors/",), ("cors/unknown-option",)),
        (("cors",), ("cors/",), ()),
        (("ALL",), ("ALL",), ()),
        (("mail/misconfigured",), ("ALL",), ("mail/misconfigured",)),
        ((), ("not-analysed",), RULES[:4]),
    ],
)
def test_the_closer_selector_wins(select: tuple[str, ...], ignore: tuple[str, ...], expected: tuple[str, ...]) -> None:
    """An id beats a folder, a folder beats ALL, and ignore wins a draw."""
    assert chosen(RULES, Settings(select=select, ignore=ignore)) == expected
