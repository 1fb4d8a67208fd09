"""A small project whose app is started in many ways, each in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SHOP = """
import os
from pathlib import Path
from flask import Flask
import keck.examining
from keck import Keck
from keck.examining import Examination, Fault
from keck.finding import Finding, Level, Place
from keck.live.record import LiveApp

def examine(app, *, settings):
    Path("examined").write_text(app.name)
    finding = Finding("jwt/never-bound", Level.error, Place("shop.py", 7), "`jwt` is bound to no app", "call init_app")
    return Examination(LiveApp(name=app.name), os.getcwd(), faults=(Fault(finding),))

keck.examining.examine = examine

def create_app():
    app = Flask(__name__)
    app.config["KECK_AT_START"] = os.environ.get("AT_START", "refuse")

    @app.get("/")
    def index():
        return "hello"

    @app.cli.group()
    def jobs():
        pass

    @jobs.command("run")
    def run():
        print("ran")

    Keck().init_app(app)
    return app
"""

FILES = {
    "shop.py": SHOP,
    "wsgi.py": "from shop import create_app\napp = create_app()\n",
    "dev.py": "from shop import create_app\napp = create_app()\nprint('made', flush=True)\napp.run(port=0)\n",
    "quick.py": """
from shop import create_app
from flask import Flask
app = create_app()
Flask.run = lambda self, **options: print("serves", flush=True)
app.run()
app.run()
""",
    "at_the_top.py": "from waitress import serve\nfrom shop import create_app\nserve(create_app(), port=0)\n",
    "in_main.py": """
from shop import create_app
def main():
    from waitress import serve
    serve(create_app(), port=0)
main()
""",
    "simple.py": "from wsgiref.simple_server import make_server\nfrom shop import create_app\nmake_server('', 0, create_app())\n",
    "script.py": "from shop import create_app\nprint(create_app().name)\n",
    "test_suite.py": """
import threading, unittest
import waitress
from shop import create_app
class TestShop(unittest.TestCase):
    def test_it(self):
        app = create_app()
        assert app.test_client().get('/').status_code == 200
        thread = threading.Thread(target=create_app)
        thread.start()
        thread.join()
if __name__ == "__main__":
    unittest.main()
""",
    "tasks.py": "from celery import Celery\nimport wsgi\ncelery = Celery('tasks')\n",
    "manage.py": """
import click
from flask.cli import FlaskGroup, with_appcontext
from shop import create_app
cli = FlaskGroup(create_app=create_app)
if __name__ == "__main__":
    cli()
""",
    "plain.py": """
import click, waitress
from flask.cli import ScriptInfo, with_appcontext
from shop import create_app
@click.command("run")
@with_appcontext
def command():
    print("ran")
if __name__ == "__main__":
    command(obj=ScriptInfo(create_app=create_app))
""",
}


class Project:
    """The project in its folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name, text in FILES.items():
            (folder / name).write_text(text, encoding="utf-8")

    @property
    def examined(self) -> bool:
        """Whether the app was examined since last asked."""
        mark = self.folder / "examined"
        found = mark.exists()
        mark.unlink(missing_ok=True)
        return found

    def run(self, *command: str, entered: str = "", at_start: str = "refuse") -> subprocess.CompletedProcess[str]:
        """Run `python` with this command line; what it prints comes in `stdout`."""
        import os

        return subprocess.run(
            [sys.executable, *command],
            cwd=self.folder,
            env={**os.environ, "AT_START": at_start, "PYTHONPATH": str(self.folder)},
            input=entered,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=60,
            check=False,
        )


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """The project."""
    return Project(tmp_path)
