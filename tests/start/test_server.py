from __future__ import annotations

import sys
from types import ModuleType

import pytest

from keck import server
from tests.start.conftest import Project

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="it runs on POSIX only")
PORT = "127.0.0.1:0"

REAL = """
from flask import Flask
from flask_jwt_extended import JWTManager
from keck import Keck
jwt = JWTManager()
def create_app():
    app = Flask(__name__)
    app.config.from_mapping({"JWT_SECRET_KEY": "super-secret"})
    jwt.init_app(app)
    Keck().init_app(app)
    return app
"""

SERVERS = {
    "flask run": ["-m", "flask", "--app", "shop", "run", "--port=0"],
    "flask run, a module with its app": ["-m", "flask", "--app", "wsgi", "run", "--port=0"],
    "a manage.py": ["manage.py", "run", "--port=0"],
    "app.run": ["dev.py"],
    "granian": ["-m", "granian", "--interface=wsgi", "--port=0", "wsgi:app"],
    "granian, the factory": ["-m", "granian", "--interface=wsgi", "--port=0", "--factory", "shop:create_app"],
    "waitress": ["-m", "waitress", "--port=0", "wsgi:app"],
    "waitress, the factory": ["-m", "waitress", "--port=0", "--call", "shop:create_app"],
    "waitress in a script": ["at_the_top.py"],
    "waitress in a function": ["in_main.py"],
    "wsgiref": ["simple.py"],
}
GUNICORN = {
    "gunicorn": ["-m", "gunicorn", "--bind", PORT, "wsgi:app"],
    "gunicorn, the factory": ["-m", "gunicorn", "--bind", PORT, "shop:create_app()"],
    "gunicorn, before it forks": ["-m", "gunicorn", "--bind", PORT, "--preload", "wsgi:app"],
    "gunicorn, with threads": ["-m", "gunicorn", "--bind", PORT, "--threads=2", "wsgi:app"],
}


@pytest.mark.parametrize(
    "way",
    [
        *(pytest.param(one, marks=[pytest.mark.long] if "," in one else []) for one in SERVERS),
        *(pytest.param(one, marks=[POSIX, pytest.mark.long] if "," in one else [POSIX]) for one in GUNICORN),
    ],
)
def test_refuses_to_serve(project: Project, way: str) -> None:
    """Whatever serves it, an unsafe app does not start, and the text says why."""
    done = project.run(*{**SERVERS, **GUNICORN}[way])
    assert project.examined
    assert done.returncode != 0, done.stdout
    assert "shop.py:7: error: `jwt` is bound to no app [jwt/never-bound]" in done.stdout
    assert 'app.config["KECK_SKIP"] = "jwt/never-bound"' in done.stdout


def test_real_fault(project: Project) -> None:
    """A well-known secret keeps an app from serving, without being printed; its fault is told once."""
    (project.folder / "real.py").write_text(REAL, encoding="utf-8")
    done = project.run("-m", "flask", "--app", "real", "run", "--port=0")
    assert done.returncode != 0
    assert done.stdout.count("[config/weak-secret]") == 1
    assert "super-secret" not in done.stdout
    assert project.run("-m", "flask", "--app", "real", "routes").returncode == 0


OTHERS = {
    "flask routes": ["-m", "flask", "--app", "shop", "routes"],
    "flask, a group's command that is called run": ["-m", "flask", "--app", "shop", "jobs", "run"],
    "flask shell": ["-m", "flask", "--app", "shop", "shell"],
    "flask --help": ["-m", "flask", "--app", "shop", "--help"],
    "a manage.py": ["manage.py", "jobs", "run"],
    "a command of click": ["plain.py"],
    "flask routes, in a module that calls app.run": ["-m", "flask", "--app", "quick", "routes"],
    "pytest": ["-m", "pytest", "-q", "-pno:cacheprovider", "test_suite.py"],
    "unittest": ["-m", "unittest", "test_suite"],
    "a script of unittest": ["test_suite.py"],
    "a script": ["script.py"],
    "a REPL": ["-i", "at_the_top.py"],
    "a line": ["-c", "import wsgi"],
    "celery": ["-m", "celery", "-A", "tasks", "report"],
}


SHORT = {"flask routes", "pytest", "a script", "a line", "a manage.py"}


@pytest.mark.parametrize("way", [pytest.param(one, marks=[] if one in SHORT else [pytest.mark.long]) for one in OTHERS])
def test_lets_everything_else_be(project: Project, way: str) -> None:
    """Whatever does not serve gets its app, and nothing is examined."""
    if way == "a REPL":
        (project.folder / "at_the_top.py").write_text("import waitress\nimport wsgi\n", encoding="utf-8")
    done = project.run(*OTHERS[way])
    assert done.returncode == 0, done.stdout
    assert not project.examined


def test_off(project: Project) -> None:
    """Switched off, the app serves and is not examined."""
    done = project.run("quick.py", at_start="off")
    assert done.stdout.splitlines() == ["serves", "serves"]
    assert not project.examined


def test_warning(project: Project) -> None:
    """Where it is to warn, the text goes into the app's log, once, and the app serves."""
    done = project.run("quick.py", at_start="warn")
    assert done.returncode == 0
    assert done.stdout.count("`jwt` is bound to no app") == 1
    assert done.stdout.splitlines()[-2:] == ["serves", "serves"]


@POSIX
def test_gunicorn_serves_with_a_warning(project: Project) -> None:
    """Where it is to warn, gunicorn has the text in its log, and gets on."""
    done = project.run("-m", "gunicorn", "--check-config", "wsgi:app", at_start="warn")
    assert done.returncode == 0
    assert "`jwt` is bound to no app" in done.stdout
    assert project.examined


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (["/srv/bin/gunicorn"], "gunicorn"),
        (["/usr/lib/python3/site-packages/gunicorn/__main__.py"], "gunicorn"),
        (["C:\\venv\\Scripts\\waitress-serve.exe"], "waitress-serve"),
        (["mod_wsgi"], "mod_wsgi"),
        (["uwsgi"], "uwsgi"),
    ],
)
def test_programs(monkeypatch: pytest.MonkeyPatch, arguments: list[str], name: str) -> None:
    """A server is known by the program that runs, however it is written."""
    assert not server.serving()
    monkeypatch.setattr(sys, "argv", arguments)
    assert name in server.COMMANDS
    assert server.serving()


@pytest.mark.parametrize("name", ["uwsgi", "mod_wsgi"])
def test_servers_that_embed_python(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A server that Python runs in is known by the module that it gives."""
    module = ModuleType(name)
    vars(module)["process_group"] = ""
    monkeypatch.setitem(sys.modules, name, module)
    assert server.serving()


def test_package_that_starts_mod_wsgi(monkeypatch: pytest.MonkeyPatch) -> None:
    """The package called mod_wsgi, outside of Apache, is no server."""
    monkeypatch.setitem(sys.modules, "mod_wsgi", ModuleType("mod_wsgi"))
    assert not server.serving()


def test_no_script(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Python is embedded and has no script, none is looked at."""
    monkeypatch.delitem(sys.modules, "__main__")
    assert not server.serving()


def test_without_flask(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Flask's commands are not loaded, none of them runs."""
    monkeypatch.delitem(sys.modules, "flask.cli", raising=False)
    assert not server.serving()


def test_prompt(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a prompt it is a REPL, whatever it looks like besides."""
    assert server.hindered()
    monkeypatch.setattr(sys, "ps1", ">>> ", raising=False)
    assert server.hindered()
