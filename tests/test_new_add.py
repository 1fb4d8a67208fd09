from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from itertools import permutations
from pathlib import Path

import pytest

from keck.new import Added, add, new
from keck.new.environment import values_of
from keck.new.features import FEATURES
from keck.new.manifest import read as read_manifest
from keck.new.merge import NoGit, merged
from keck.new.revisions import attached, is_revision
from keck.trouble import Trouble
from tests.small_starter import held, put, small

Add = Callable[..., Added]


@pytest.fixture(scope="module")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the directory of the small starter."""
    return small(tmp_path_factory.mktemp("starter"))


def written(root: Path, starter: Path, *without: str) -> Path:
    """Return the directory of a new service."""
    new("my-shop", root, without=without, starter=starter)
    return root


def edit(path: Path, old: str, new_text: str) -> None:
    """Replace a text that is in a file."""
    text = path.read_bytes().decode()
    assert old in text
    path.write_bytes(text.replace(old, new_text).encode())


@pytest.mark.parametrize("order", list(permutations(FEATURES)), ids="-".join)
def test_all_added_in_any_order_are_the_full_service(starter: Path, tmp_path: Path, order: tuple[str, ...]) -> None:
    """Added one by one, in whatever order, the four give the bytes of the full service; secrets stay."""
    full = written(tmp_path / "full", starter)
    grown = written(tmp_path / "grown", starter, *FEATURES)
    before = values_of((grown / ".env").read_text())
    for feature in order:
        assert add(feature, grown, starter=starter).manifest == read_manifest(grown)
    assert held(grown, [".env"]) == held(full, [".env"])
    after, wanted = (values_of((root / ".env").read_text()) for root in (grown, full))
    assert list(after) == list(wanted)
    assert {key: after[key] for key in before} == before


def test_feature_that_takes_files_away(starter: Path, tmp_path: Path) -> None:
    """A file that is there only without a feature goes with it."""
    root = written(tmp_path / "out", starter, "mail")
    assert (root / "my_shop" / "silent.py").exists()
    added = add("mail", root, starter=starter)
    assert not (root / "my_shop" / "silent.py").exists()
    assert {"my_shop/silent.py", "my_shop/mail/__init__.py", "pyproject.toml"} <= set(added.changed)
    assert added.conflicts == ()


def test_changes_of_the_user_are_merged(starter: Path, tmp_path: Path) -> None:
    """What the user has changed stays, and what the feature changes comes."""
    root = written(tmp_path / "out", starter, "mail", "cache")
    package = root / "my_shop"
    edit(package / "__init__.py", "    return app\n", "    app.own = True\n    return app\n")
    edit(package / "__init__.py", "import os\n", "import os\nimport sys\n")
    (package / "own.py").write_text("OWN = 1\n")
    add("mail", root, starter=starter)
    code = (package / "__init__.py").read_text()
    assert "import os\nimport sys\n" in code
    assert "    send(app)\n" in code
    assert "    app.own = True\n" in code
    assert (package / "own.py").read_text() == "OWN = 1\n"


def test_what_the_feature_does_not_touch_may_be_anything(starter: Path, tmp_path: Path) -> None:
    """Files in which the feature changes nothing may be changed or gone."""
    root = written(tmp_path / "out", starter, "cors")
    (root / "my_shop" / "mail" / "__init__.py").write_text("anything\n")
    (root / "wsgi.py").unlink()
    (root / ".env").unlink()
    add("cors", root, starter=starter)
    assert (root / "my_shop" / "mail" / "__init__.py").read_text() == "anything\n"
    assert not (root / "wsgi.py").exists()
    assert not (root / ".env").exists()


def test_service_checked_out_with_crlf(starter: Path, tmp_path: Path) -> None:
    """Where git has given the files other line ends, they keep them, and nothing counts as changed."""
    root = written(tmp_path / "out", starter, "mail")
    for path in held(root):
        if not path.endswith((".png", ".js")):
            (root / path).write_bytes((root / path).read_bytes().replace(b"\n", b"\r\n"))
    edit(root / "my_shop" / "__init__.py", "    return app\r\n", "    app.own = True\r\n    return app\r\n")
    secret = values_of((root / ".env").read_text())["JWT_SECRET_KEY"]
    add("mail", root, starter=starter)
    for path in (".env", ".env.example", "my_shop/__init__.py", "requirements/service.txt"):
        data = (root / path).read_bytes()
        assert data.count(b"\r\n") == data.count(b"\n") > 0, path
    assert secret in (root / ".env").read_text()
    assert "MAIL_SERVER=" in (root / ".env").read_text()
    assert not (root / "my_shop" / "silent.py").exists()


def test_conflicts_are_refused_as_a_whole(starter: Path, tmp_path: Path) -> None:
    """Where the user has changed the same lines, the files are named and nothing is written."""
    root = written(tmp_path / "out", starter, "mail")
    edit(root / "my_shop" / "__init__.py", "    app.silent = True\n", "    app.silent = 7\n")
    (root / "my_shop" / "silent.py").write_text("QUIET = 7\n")
    (root / "tests" / "test_app.py").unlink()
    put(root, {"my_shop/both.txt": "mine\n"})
    before = held(root)
    with pytest.raises(Trouble) as caught:
        add("mail", root, starter=starter)
    named = "my_shop/__init__.py, my_shop/both.txt, my_shop/silent.py, tests/test_app.py"
    assert str(caught.value) == (
        f"what mail changes has been changed here too, in {named}; nothing has been written, "
        "use --conflicts to get conflict markers there"
    )
    assert held(root) == before


def test_conflicts_can_be_written(starter: Path, tmp_path: Path) -> None:
    """Conflict markers stand where lines collide, and the rest is merged."""
    root = written(tmp_path / "out", starter, "mail")
    edit(root / "my_shop" / "__init__.py", "    app.silent = True\n", "    app.silent = 7\n")
    (root / "my_shop" / "silent.py").write_text("QUIET = 7\n")
    (root / "tests" / "test_app.py").unlink()
    added = add("mail", root, starter=starter, conflicts=True)
    assert added.conflicts == ("my_shop/__init__.py", "my_shop/silent.py", "tests/test_app.py")
    code = (root / "my_shop" / "__init__.py").read_text()
    assert "<<<<<<< yours\n    app.silent = 7\n=======\n" in code
    assert ">>>>>>> keck add mail\n" in code
    assert (root / "my_shop" / "silent.py").read_text() == "QUIET = 7\n"
    assert "import sender" in (root / "tests" / "test_app.py").read_text()
    assert read_manifest(root).without == ()


def test_without_git(starter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Git is needed only where something is to be merged; what that is is named, and nothing is written."""
    monkeypatch.setenv("PATH", str(tmp_path))
    root = written(tmp_path / "out", starter, "mail", "cors")
    add("cors", root, starter=starter)
    edit(root / "my_shop" / "__init__.py", "import os\n", "import os\nimport sys\n")
    edit(root / "README.md", "Run it", "Start it")
    before = held(root)
    with pytest.raises(Trouble, match=r"README\.md, my_shop/__init__\.py changed since .* install git"):
        add("mail", root, starter=starter)
    assert held(root) == before


def test_requirements_keep_where_keck_came_from(starter: Path, tmp_path: Path) -> None:
    """A line for Keck that has been changed stays as it is."""
    root = written(tmp_path / "out", starter, "mail")
    text = (root / "requirements" / "keck.txt").read_text()
    (line,) = (one for one in text.splitlines() if "keck" in one)
    edit(root / "requirements" / "keck.txt", line, "keck @ file:///elsewhere/keck.whl")
    add("mail", root, starter=starter)
    assert "keck @ file:///elsewhere/keck.whl\n" in (root / "requirements" / "keck.txt").read_text()


def test_requirements_that_are_gone(starter: Path, tmp_path: Path) -> None:
    """A service may have done away with the file, as the feature does not need it."""
    root = written(tmp_path / "out", starter, "mail")
    (root / "requirements" / "keck.txt").unlink()
    add("mail", root, starter=starter)
    assert not (root / "requirements" / "keck.txt").exists()


@pytest.mark.parametrize(
    ("feature", "message"),
    [
        ("cors", "has cors already; there is nothing to add"),
        ("sqlalchemy", "Flask-SQLAlchemy is part of every service"),
        ("mial", "did you mean `mail`"),
    ],
)
def test_features_that_cannot_be_added(starter: Path, tmp_path: Path, feature: str, message: str) -> None:
    """What is there, or is not known, is refused."""
    root = written(tmp_path / "out", starter, "mail")
    before = held(root)
    with pytest.raises(Trouble, match=message):
        add(feature, root, starter=starter)
    assert held(root) == before


def test_service_of_another_keck(starter: Path, tmp_path: Path) -> None:
    """Where the starter has changed since, what was written then cannot be known, and nothing is done."""
    root = written(tmp_path / "out", starter, "mail")
    other = small(tmp_path / "other")
    put(other, {"new.txt": ""})
    with pytest.raises(Trouble, match=r"was written by another Keck \(.*run `keck add` of that Keck"):
        add("mail", root, starter=other)


def test_directory_that_is_no_service(starter: Path, tmp_path: Path) -> None:
    """A project without a manifest is refused."""
    with pytest.raises(Trouble, match=r"there is no .*pyproject\.toml"):
        add("mail", tmp_path, starter=starter)


def test_file_that_cannot_be_read(starter: Path, tmp_path: Path) -> None:
    """A directory in the place of a file is named."""
    root = written(tmp_path / "out", starter, "mail")
    (root / "README.md").unlink()
    (root / "README.md").mkdir()
    with pytest.raises(Trouble, match=r"README\.md cannot be read"):
        add("mail", root, starter=starter)


def test_env_with_values_of_its_own(starter: Path, tmp_path: Path) -> None:
    """The .env keeps every value, gains the key, and stays for its owner only."""
    root = written(tmp_path / "out", starter, "mail", "cache")
    (root / ".env").write_text("JWT_SECRET_KEY=mine\nMINE=1\n")
    (root / ".env").chmod(0o600)
    add("mail", root, starter=starter)
    assert (root / ".env").read_text() == "JWT_SECRET_KEY=mine\nMINE=1\n\n# where mail goes\nMAIL_SERVER=\n"
    assert sys.platform == "win32" or (root / ".env").stat().st_mode & 0o777 == 0o600
    add("cache", root, starter=starter)
    assert (root / ".env").read_text().endswith("MAIL_SERVER=\n\nCACHE_SECONDS=60\n")


def test_revision_follows_upon_the_users_head(starter: Path, tmp_path: Path) -> None:
    """Where the user has gone on from our head, the feature's revision goes on from theirs."""
    root = written(tmp_path / "out", starter, "mail")
    versions = root / "my_shop" / "migrations" / "versions"
    put(
        versions,
        {
            "a.py": 'revision = "aaa"\ndown_revision = "0001"\n',
            "b.py": 'import x\nx.y = 1\nrevision: str = "bbb"\ndown_revision: str | None = "aaa"\nz: int\n',
            "helper.py": "x = 1\n",
        },
    )
    add("mail", root, starter=starter)
    text = (versions / "0002_outbox.py").read_text()
    assert 'down_revision: str | None = "bbb"\n' in text
    assert "Revises: bbb\n" in text


def test_file_in_the_place_of_the_revision(starter: Path, tmp_path: Path) -> None:
    """A file of the user's that has the path of a new one is a conflict, a revision or not."""
    root = written(tmp_path / "out", starter, "mail")
    put(root, {"my_shop/migrations/versions/0002_outbox.py": "mine = 1\n"})
    with pytest.raises(Trouble, match=r"changed here too, in my_shop/migrations/versions/0002_outbox\.py"):
        add("mail", root, starter=starter)


def test_revision_follows_upon_a_join() -> None:
    """A revision that joins heads is a head; other files do not count."""
    own = {
        "v/1.py": 'revision = "1"\ndown_revision = None\n',
        "v/2.py": 'revision = "2"\ndown_revision = "1"\n',
        "v/3.py": 'revision = "3"\ndown_revision = ("1",)\n',
        "v/4.py": 'revision = "4"\ndown_revision = ("2", "3")\n',
    }
    added = {
        "v/8.py": 'revision = "8"\ndown_revision = "1"  # ä\n',
        "v/9.py": 'revision = "9"\ndown_revision = "8"\n',
        "v/x.py": "x = 1\n",
    }
    assert attached(added, own) == {**added, "v/8.py": 'revision = "8"\ndown_revision = "4"  # ä\n'}
    assert attached({"v/8.py": 'revision = "8"\ndown_revision = "1"\n'}, {}) == {
        "v/8.py": 'revision = "8"\ndown_revision = None\n'
    }


def test_several_heads_are_refused(starter: Path, tmp_path: Path) -> None:
    """Where the user's revisions have two heads, they are named, and nothing is written."""
    root = written(tmp_path / "out", starter, "mail")
    for name in ("a", "b"):
        put(
            root / "my_shop" / "migrations" / "versions",
            {f"{name}.py": f'revision = "{name}"\ndown_revision = "0001"\n'},
        )
    before = held(root)
    with pytest.raises(Trouble, match=r"have 2 heads \(a, b\); join them with `flask db merge heads` first"):
        add("mail", root, starter=starter)
    assert held(root) == before


@pytest.mark.parametrize(
    "text",
    ["revision = (\n", "revision = f()\ndown_revision = None\n", 'revision = "1"\n'],
)
def test_revisions_that_cannot_be_read(text: str) -> None:
    """A revision whose names are no plain strings is named."""
    with pytest.raises(Trouble, match=r"v/1\.py is a revision whose .* cannot be read"):
        attached({"v/2.py": 'revision = "2"\ndown_revision = None\n'}, {"v/1.py": text})


def test_where_revisions_are() -> None:
    """Revisions are the Python files of a folder `versions`."""
    assert is_revision("a/migrations/versions/1_x.py")
    assert not is_revision("a/versions/1.txt")
    assert not is_revision("a/1.py")


@pytest.mark.parametrize(
    ("base", "user", "wanted", "result", "clean"),
    [
        (b"a", b"x", b"a", b"x", True),
        (b"a", None, b"a", None, True),
        (b"a", b"b", b"b", b"b", True),
        (b"a", b"a", b"b", b"b", True),
        (b"a", b"a", None, None, True),
        (None, None, b"b", b"b", True),
        (b"a", b"x", None, b"x", False),
        (b"a", None, b"b", b"b", False),
        (b"a\0", b"x\0", b"b\0", b"x\0", False),
        (b"a\n", b"a\r\n", b"b\n", b"b\r\n", True),
        (b"a\n", b"a\r\n", None, None, True),
        (b"1\n2\n3\n4\n5\n", b"1\r\n2\r\n3\r\n4\r\nx\r\n", b"y\n2\n3\n4\n5\n", b"y\r\n2\r\n3\r\n4\r\nx\r\n", True),
    ],
)
def test_merges(
    base: bytes | None, user: bytes | None, wanted: bytes | None, result: bytes | None, clean: bool
) -> None:
    """The side that has changed wins; where both have, text is merged and the rest is left to decide."""
    assert merged(base, user, wanted, "new") == (result, clean)


def test_merge_of_two_new_files() -> None:
    """A file that both have made is a conflict from its first line."""
    found = merged(None, b"mine\n", b"theirs\n", "new")
    assert found == (b"<<<<<<< yours\nmine\n=======\ntheirs\n>>>>>>> new\n", False)


def test_merge_with_many_conflicts() -> None:
    """Any number of conflicts is a conflict, not an error of git."""

    def text(letter: str) -> bytes:
        return "".join(f"{number}{letter}\n{number}\n{number}\n{number}\n{number}\n" for number in range(300)).encode()

    assert not merged(text("a"), text("b"), text("c"), "new").clean


def test_merge_needs_git(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without git a merge that is due says so."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoGit):
        merged(b"a", b"b", b"c", "new")


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")
def test_merge_where_git_fails(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What git says of a failure of its own is told."""
    script = tmp_path / "git"
    script.write_text("#!/bin/sh\necho 'fatal: broken' >&2\nexit 129\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Trouble, match=r"git could not merge \(it says: fatal: broken\)"):
        merged(b"a", b"b", b"c", "new")


def test_added_service_can_go_into_git(starter: Path, tmp_path: Path) -> None:
    """The .env is ignored by the service's git, and nothing of ours is left over after adding."""
    root = written(tmp_path / "out", starter, "mail")
    add("mail", root, starter=starter)
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    done = subprocess.run(
        ["git", "-C", str(root), "status", "--porcelain", "-uall"], check=True, capture_output=True, encoding="utf-8"
    )
    assert ".env.example" in done.stdout
    assert ".env\n" not in done.stdout
    assert ".keck-" not in done.stdout
