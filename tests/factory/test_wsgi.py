"""A new ``wsgi.py``: where it goes, what it imports, and when there is none."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from keck.factory.serving import needs
from keck.factory.wsgi import wsgi

APP = "from flask import Flask\n\napp = Flask(__name__)\n"
PACKAGE = '[project]\nname = "shop"\n'


def made(files: Mapping[str, str], module: str) -> tuple[str, str] | None:
    """Return the new file for the app of a module."""
    texts = {module: APP, **files}
    return wsgi(texts, module, needs(texts, module, "app"))


@pytest.mark.parametrize(
    ("files", "module", "path", "source"),
    [
        ({}, "app.py", "wsgi.py", "app"),
        ({}, "shop/__init__.py", "wsgi.py", "shop"),
        ({"shop/__init__.py": ""}, "shop/web.py", "wsgi.py", "shop.web"),
        ({"shop/__init__.py": "", "pyproject.toml": "[tool.ruff]\n"}, "shop/web.py", "wsgi.py", "shop.web"),
        ({"src/shop/__init__.py": "", "pyproject.toml": PACKAGE}, "src/shop/web.py", "wsgi.py", "shop.web"),
        ({"src/shop/__init__.py": ""}, "src/shop/web.py", "src/wsgi.py", "shop.web"),
        ({}, "backend/app.py", "backend/wsgi.py", "app"),
        ({"backend/models.py": ""}, "backend/app.py", "backend/wsgi.py", "app"),
        ({"run.py": "from backend.app import app\n"}, "backend/app.py", "wsgi.py", "backend.app"),
        ({"backend/run.py": "from app import app\n"}, "backend/app.py", "backend/wsgi.py", "app"),
        ({}, "my-shop/app.py", "my-shop/wsgi.py", "app"),
    ],
)
def test_it_stands_where_the_module_is_imported_from(
    files: dict[str, str], module: str, path: str, source: str
) -> None:
    """Flat modules, packages, src layout and folders without ``__init__`` get the file beside what it imports."""
    assert made(files, module) == (path, f"from {source} import create_app\n\napp = create_app()\n")


def test_the_modules_own_imports_tell_from_where_it_is_imported() -> None:
    """A module in a folder without ``__init__`` that imports by way of the folder is imported from above."""
    module = "import os\nfrom backend.models import User\n" + APP
    assert made({"backend/app.py": module, "backend/models.py": ""}, "backend/app.py") == (
        "wsgi.py",
        "from backend.app import create_app\n\napp = create_app()\n",
    )


def test_a_module_that_cannot_be_read_has_no_imports() -> None:
    """Text that is no Python says nothing of where it is imported from."""
    assert made({"web/app.py": "def broken(:"}, "web/app.py") == (
        "web/wsgi.py",
        "from app import create_app\n\napp = create_app()\n",
    )


@pytest.mark.parametrize(
    ("files", "module"),
    [
        ({"wsgi.py": "print('mine')\n"}, "app.py"),
        ({"wsgi/__init__.py": ""}, "app.py"),
        ({}, "wsgi.py"),
        ({}, "__init__.py"),
        ({"Procfile": "web: gunicorn app:app"}, "app.py"),
        ({"Procfile": "web: gunicorn 'app:create_app()'"}, "app.py"),
        ({"Procfile": "web: gunicorn run:app", "run.py": "from app import app\n"}, "app.py"),
    ],
)
def test_there_is_none_where_it_exists_or_nothing_needs_it(files: dict[str, str], module: str) -> None:
    """An existing file is never overwritten, and a served name makes a second one idle."""
    assert made(files, module) is None


def test_flask_finds_it(tmp_path: Path) -> None:
    """``flask routes`` in the directory of the file takes the app from it."""
    (tmp_path / "shop").mkdir()
    module = (
        "from flask import Flask\n\n\ndef create_app(config=None):\n    app = Flask(__name__)\n"
        "    app.add_url_rule('/hello', 'hello', lambda: 'hello')\n    return app\n"
    )
    (tmp_path / "shop" / "__init__.py").write_text(module)
    new = made({"shop/__init__.py": module}, "shop/__init__.py")
    assert new is not None
    (tmp_path / new[0]).write_text(new[1])
    done = subprocess.run(
        [sys.executable, "-m", "flask", "routes"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "/hello" in done.stdout, done.stderr
