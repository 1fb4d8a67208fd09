"""Scripts beside an app that is taken apart: they print what they printed before."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from keck.factory import convert
from tests.support import project

APP = """\
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
app.config["LIMIT"] = 3
db = SQLAlchemy(app)


class Item(db.Model):
    id = db.Column(db.Integer, primary_key=True)


@app.route("/")
def home():
    return "home"
"""
IMPORTS_IN_A_FUNCTION = """\
def job():
    from app import app, db

    with app.app_context():
        db.create_all()
        return app.config["LIMIT"]


if __name__ == "__main__":
    print(job())
"""
USES_MODULES = """\
import app as shop
import app


def job():
    with shop.app.app_context():
        shop.db.create_all()
        return app.app.config["LIMIT"] + len(shop.Item.query.all())


print(job())
"""
ADDS_TO_IT = """\
from app import app as flask_app

flask_app.config["RUN"] = True

if __name__ == "__main__":
    print(sorted(flask_app.view_functions), flask_app.config["RUN"])
"""
PUSHES_A_CONTEXT = """\
from app import Item, app, db

app.app_context().push()


def work():
    db.create_all()
    return Item.query.count() + app.config["LIMIT"]


if __name__ == "__main__":
    print(work())
"""
SEEDS = """\
from app import Item, app, db

with app.app_context():
    db.create_all()
    db.session.add(Item())
    db.session.commit()
    print(Item.query.count())
"""
HAS_COMMANDS = """\
import sys

from app import Item, app, db


def purge():
    with app.app_context():
        db.create_all()
        print("purged", Item.query.delete(), app.config["LIMIT"])


def report():
    print(app.config["LIMIT"])


COMMANDS = {"purge": purge, "report": report}

if __name__ == "__main__":
    COMMANDS[sys.argv[1]]()
"""
MIGRATES = """\
from app import app, db

config = app.config
target_metadata = db.metadata


def run():
    with app.app_context():
        print(sorted(target_metadata.tables), config["LIMIT"])


run()
"""


def converted(files: Mapping[str, str]) -> dict[str, str]:
    """Return the files as they are after the conversion of ``app.py``."""
    made = project(files)
    (module,) = (one for one in made.modules if one.path == "app.py")
    after = dict(files)
    for path, text in convert(made, files, module).files.items():
        after.pop(path, None)
        if text is not None:
            after[path] = text
    return after


def printed(folder: Path, files: Mapping[str, str], *arguments: str) -> str:
    """Return what Python prints when it is run in a folder with these files."""
    shutil.rmtree(folder, ignore_errors=True)
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.long
@pytest.mark.parametrize(
    ("path", "text", "arguments"),
    [
        pytest.param("jobs.py", IMPORTS_IN_A_FUNCTION, ["jobs.py"], id="imports in a function"),
        pytest.param(
            "jobs.py", IMPORTS_IN_A_FUNCTION, ["-c", "import jobs; print(jobs.job())"], id="called from outside"
        ),
        pytest.param("jobs.py", USES_MODULES, ["jobs.py"], id="uses the module"),
        pytest.param("run.py", ADDS_TO_IT, ["run.py"], id="adds to the app"),
        pytest.param("wsgi.py", "from app import app as application\n",
                     ["-c", "import wsgi; print(sorted(wsgi.application.view_functions))"], id="serves it"),
        pytest.param("worker.py", PUSHES_A_CONTEXT, ["worker.py"], id="pushes a context"),
        pytest.param("seed.py", SEEDS, ["seed.py"], id="seeds"),
        pytest.param("cron.py", HAS_COMMANDS, ["cron.py", "purge"], id="a context of its own"),
        pytest.param("cron.py", HAS_COMMANDS, ["cron.py", "report"], id="no context at all"),
        pytest.param("cron.py", HAS_COMMANDS, ["-c", "import cron; cron.report()"], id="a function of it"),
        pytest.param("migrations/env.py", MIGRATES, ["migrations/env.py"], id="migrates"),
    ],
)  # fmt: skip
def test_a_script_prints_what_it_did(tmp_path: Path, path: str, text: str, arguments: list[str]) -> None:
    """A module that imports the app does the same after the conversion, run as a script and called from outside."""
    files = {"app.py": APP, path: text}
    before = printed(tmp_path / "shop", files, *arguments)
    assert before
    assert printed(tmp_path / "shop", converted(files), *arguments) == before
