"""The whole way: a project is booted in copies, before a patch and after it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from keck.patch import Patch
from keck.proof import Prover
from keck.trouble import Trouble
from tests.proof.conftest import Project, Prove, patch

APP = """
    import os, time
    from flask import Flask

    app = Flask(__name__)
    app.config["HERE"] = os.getcwd()
    app.config["FROM_ENV"] = os.environ.get("SHOP")
    app.config["STARTED"] = time.time_ns()
    open("written", "a").write("x")
    app.config["WRITTEN"] = open("written").read()


    @app.get("/me")
    def me():
        return "me"
    """
FACTORY = """
    from flask import Flask

    def create_app(config=None):
        app = Flask(__name__)
        app.config["HERE"] = __import__("os").getcwd()
        app.get("/")(index)
        return app

    def index():
        return ""
    """


def test_a_patch_is_proven(project: Project, prover: Prove, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty patch is the same app, another is not, and an intended difference is; nothing of it reaches the project."""
    root = project({"app.py": APP, ".env": "SHOP=named\n", "empty": ""})
    monkeypatch.setenv("KECK_PROJECT", f"{root}/app.py:{root}/none:{root}")
    made = prover(
        root, tests=f"grep -c /me app.py; test ! -e written; {sys.executable} -c 'print(\"1 passed in 0.1s\")'"
    )
    proof = made.prove(Patch())
    assert (proof.state, proof.unexpected, proof.trouble, proof.app) == ("same", (), "", "")
    assert proof.holds
    assert (proof.counts["rules"], proof.boots) == (2, 3)
    assert proof.unstable == ("config/STARTED",)
    assert proof.tests is not None
    assert proof.tests.before.counts == {"passed": 1}
    snapshot = made.before.snapshot
    assert (snapshot["config/HERE"], snapshot["config/FROM_ENV"], snapshot["config/WRITTEN"]) == (
        '"."',
        '"named"',
        '"x"',
    )
    assert not (root / "written").exists()
    text = (root / "app.py").read_text().replace("@app.get(", "@app.post(")
    changed = made.prove(patch(root, {"app.py": text}))
    assert changed.state == "differs"
    assert changed.boots == 4
    assert {one.path for one in changed.unexpected} >= {"rules/GET /me", "rules/POST /me"}
    meant = made.prove(patch(root, {"app.py": text}), intends=["*/* /me"])
    assert (meant.state, meant.unexpected) == ("same", ())
    assert {one.path for one in meant.intended} == {one.path for one in changed.unexpected}
    assert (root / "app.py").read_text() != text


def test_the_app_may_have_another_name_after_the_patch(project: Project, prover: Prove) -> None:
    """A module-level app becomes a factory in another file; one that does not boot any more is broken."""
    root = project({"shop.py": "from flask import Flask\napp = Flask(__name__)\n"})
    made = prover(root, app="shop:app")
    proof = made.prove(patch(root, {"shop.py": None, "store.py": FACTORY}), app="store:create_app", intends=["app/*"])
    assert proof.app == "store:create_app"
    assert {one.path for one in proof.unexpected} >= {"rules/GET /"}
    assert "app/import_name" in {one.path for one in proof.intended}
    broken = made.prove(patch(root, {"shop.py": "1 / 0\n"}))
    assert (broken.state, broken.trouble) == (
        "broken",
        "`shop` cannot be imported: ZeroDivisionError: division by zero (shop.py:1)",
    )


def test_what_changes_by_itself_after_the_patch_is_set_aside(project: Project, prover: Prove) -> None:
    """A value that is random only after it is no difference that a person could judge."""
    root = project({"app.py": "from flask import Flask\napp = Flask(__name__)\napp.config['KEY'] = 1\n"})
    proof = prover(root).prove(
        patch(
            root,
            {
                "app.py": "import uuid\nfrom flask import Flask\napp = Flask(__name__)\napp.config['KEY'] = uuid.uuid4().hex\n"
            },
        )
    )
    assert (proof.state, proof.unstable) == ("same", ("config/KEY",))


def test_an_app_is_found_by_its_candidates(project: Project, prover: Prove) -> None:
    """Flask's own way comes first; then the candidates, in the folder that each is named with."""
    root = project({"backend/shop/__init__.py": FACTORY, "backend/notes.txt": "", "other.py": "1 / 0\n"})
    names = ("other:app", "backend/shop:create_app")
    boot = prover(root, candidates=names).before
    assert (boot.trouble, boot.app, boot.base) == ("", "shop:create_app", "backend")
    assert boot.snapshot["config/HERE"] == '"./backend"'
    only = prover(root, candidates=names[:1])._first()  # noqa: SLF001
    assert only.trouble == "`other` cannot be imported: ZeroDivisionError: division by zero (other.py:1)"


def test_packages_below_src_are_imported_from_the_copy(
    project: Project, prover: Prove, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever names the tree's own ``src``, the copy's is meant; what sets the path by hand is refused."""
    root = project({"src/shop/__init__.py": FACTORY})
    monkeypatch.setenv("PYTHONPATH", str(root / "src"))
    assert prover(root, app="shop:create_app")._first().trouble == ""  # noqa: SLF001
    project(
        {
            "wsgi.py": f"import sys\nsys.path.insert(0, {str(root / 'src')!r})\nfrom shop import create_app\napp = create_app()\n"
        }
    )
    assert prover(root).before.trouble.startswith(
        "`shop` was imported from the project's own tree (src/shop/__init__.py)"
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("import os\nos._exit(3)\n", "the interpreter was ended with exit code 3 while the app was loaded"),
        pytest.param(
            "import os\nos.kill(os.getpid(), 9)\n",
            "the interpreter was ended by SIGKILL while the app was loaded",
            marks=pytest.mark.long,
        ),
        ("import sys\nsys.exit(3)\n", "`app.py` calls sys.exit() while it is loaded (app.py:2)"),
        ("import time\ntime.sleep(60)\n", "the app was not loaded within 1.5 s, it stands at app.py:2"),
        ("open('/etc/keck-proof', 'w')\n", "PermissionError: [Errno 13] a proof keeps what lies outside"),
        pytest.param(
            "raise PermissionError('no')\n", "may write below the project's directory alone", marks=pytest.mark.long
        ),
        pytest.param("import no_such_module\n", "its packages may be in another environment", marks=pytest.mark.long),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="there are no signals")
def test_why_an_app_does_not_boot_is_one_sentence(project: Project, prover: Prove, text: str, sentence: str) -> None:
    """The doctor's sentences are told, with places of the project and not of the copy."""
    proof = prover(project({"app.py": text}), timeout=1.5 if "sleep" in text else 30).prove(Patch())
    assert proof.state == "not-booted"
    assert sentence in proof.trouble
    assert "keck-proof-" not in proof.trouble


def test_an_app_that_boots_once_does_not_count_as_booted(project: Project, prover: Prove, tmp_path: Path) -> None:
    """What the first boot leaves behind elsewhere may break the second one."""
    left = tmp_path / "left"
    root = project(
        {"app.py": f"from flask import Flask\napp = Flask(__name__)\nif open({str(left)!r}).read():\n    1 / 0\n"}
    )
    left.touch()
    made = prover(root)
    first = made._place.boot("")  # noqa: SLF001
    assert first.trouble == ""
    made._first = lambda: first  # type: ignore[method-assign]  # noqa: SLF001
    left.write_text("x")
    assert made.before.trouble.startswith("it boots once and not again: `app.py` cannot be imported")


def test_files_above_the_project_are_found_as_flask_finds_them(project: Project, prover: Prove, tmp_path: Path) -> None:
    """A ``.env`` in a folder above it is read."""
    (tmp_path / ".env").write_text("SHOP=above\n")
    made = prover(project({"app.py": APP}))
    assert made._first().snapshot["config/FROM_ENV"] == '"above"'  # noqa: SLF001


def test_a_tree_that_cannot_be_copied_is_told(tmp_path: Path) -> None:
    """A folder that is not there is one sentence."""
    with (
        pytest.raises(Trouble, match="cannot be copied to be booted"),
        Prover(tmp_path / "none", python=Path(sys.executable)),
    ):
        pass


def test_the_interpreter_is_found_where_none_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the one that the doctor would take; the copy goes with the prover."""
    monkeypatch.setenv("VIRTUAL_ENV", sys.prefix)
    with Prover(tmp_path, python=None) as made:
        copy = made._tree.path  # noqa: SLF001
        assert copy.exists()
        assert made._place.python.is_file()  # noqa: SLF001
    assert not copy.exists()
