"""What serves an app: every place that names it, and whether the old name must stay."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

import pytest

from keck.factory.serving import Serving, needs

APP = "from flask import Flask\n\napp = Flask(__name__)\n"


def serving(files: Mapping[str, str], module: str = "app.py", app: str = "app") -> Serving:
    """Return what names the app; the module itself is there even if the files do not have it."""
    texts = {path: textwrap.dedent(text).lstrip("\n") for path, text in files.items()}
    return needs({module: APP, **texts}, module, app)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("Procfile", "release: flask db upgrade\nweb: gunicorn app:app --workers 2"),
        ("Procfile", "web: newrelic-admin run-program gunicorn 'app:app'"),
        ("Dockerfile", 'FROM python:3.12\nCMD ["gunicorn", "--bind", "0.0.0.0:8000", "app:app"]'),
        ("Dockerfile", "CMD gunicorn --bind 0.0.0.0:$PORT \\\n    app:app"),
        ("Containerfile", 'ENTRYPOINT ["waitress-serve", "--port=80", "app:app"]'),
        ("docker/Dockerfile", 'ENTRYPOINT ["uwsgi", "--http", ":80", "--module", "app:app"]'),
        ("docker-compose.yml", "services:\n  web:\n    image: app:app\n    command: gunicorn app:app"),
        (
            "compose.yaml",
            "services:\n  web:\n    entrypoint:\n      - hypercorn\n      - -b\n      - :80\n      - app:app",
        ),
        ("compose.yaml", "services:\n  web:\n    command: >\n      gunicorn -w 2\n      app:app"),
        ("gunicorn.conf.py", 'bind = ":80"\nwsgi_app = "app:app"'),
        ("uwsgi.ini", "[uwsgi]\nmodule = app:app"),
        ("uwsgi.ini", "[uwsgi]\nmodule = app\ncallable = app"),
        ("uwsgi.ini", "[uwsgi]\nwsgi-file = app.py\ncallable = app"),
        ("start.sh", "uwsgi --wsgi-file app.py --callable app --http :80"),
        ("start.sh", "uwsgi --mount /=app:app"),
        ("start.sh", "uvicorn app:app --interface wsgi &"),
        (".flaskenv", "FLASK_APP=app:app"),
        (".env", 'FLASK_APP="app.py:app"'),
        ("Makefile", "run:\n\tflask --app app:app run --debug"),
        ("Makefile", "run:\n\tflask -A app:app run"),
        ("deploy/shop.service", "[Service]\nWorkingDirectory=/srv/shop\nExecStart=/srv/shop/venv/bin/gunicorn app:app"),
        ("supervisor.conf", "[program:web]\ncommand=gunicorn\n    app:app"),
        ("app.yaml", "runtime: python312\nentrypoint: gunicorn -b :$PORT app:app"),
        ("app.yaml", "runtime: python27\nhandlers:\n- url: /.*\n  script: app.app"),
        ("vercel.json", '{"builds": [{"src": "app.py", "use": "@vercel/python"}]}'),
        ("render.yaml", 'services:\n  - type: web\n    startCommand: "gunicorn app:app"'),
        ("fly.toml", '[processes]\nweb = "gunicorn app:app"'),
        ("railway.json", '{"deploy": {"startCommand": "gunicorn app:app"}}'),
        ("package.json", '{"scripts": {"api": "cd backend && gunicorn \\"app:app\\""}}'),
        ("pyproject.toml", '[tool.poe.tasks]\nserve = "gunicorn app:app"'),
        ("tox.ini", "[testenv:serve]\ncommands =\n    gunicorn app:app"),
        (".github/workflows/ci.yml", "jobs:\n  e2e:\n    steps:\n      - run: |\n          gunicorn app:app &"),
        (".gitlab-ci.yml", "e2e:\n  script:\n    - gunicorn app:app &"),
        ("serverless.yml", "custom:\n  wsgi:\n    app: app.app"),
        ("zappa_settings.json", '{"prod": {"app_function": "app.app"}}'),
        ("serve.py", 'import uvicorn\n\nuvicorn.run("app:app")'),
        ("shop.wsgi", "import sys\nsys.path.insert(0, '/srv/shop')\nfrom app import app as application"),
    ],
)
def test_a_place_that_names_the_app_keeps_the_name(path: str, text: str) -> None:
    """Whatever file and spelling a server, a platform or the flask command is told the app object in, the name stays."""
    found = serving({path: text})
    assert found.stays
    assert found.reason.startswith(f"`{path}:")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("Procfile", "web: python app.py"),
        ("Procfile", "web: gunicorn 'app:create_app()'"),
        ("Procfile", "# web: gunicorn app:app"),
        ("Dockerfile", "RUN chown -R app:app /srv\nCOPY --chown=app:app . /srv"),
        ("Dockerfile", "RUN pip install gunicorn app"),
        ("Dockerfile", "FROM tiangolo/uwsgi-nginx-flask:python3.11"),
        ("compose.yml", "services:\n  web:\n    image: registry/app:latest\n    user: app:app"),
        ("config.env", "DATABASE_URL=postgres://app:password@db/app:5432"),
        (".flaskenv", "FLASK_APP=app.py\nFLASK_DEBUG=1"),
        (".env", "FLASK_APP_KEY=app:app2"),
        ("Makefile", "run:\n\tflask --app app run"),
        ("README.md", "Run `gunicorn app:app` or `flask --app app:app run`."),
        ("gunicorn.conf.py", "workers = 2"),
        ("gunicorn.conf.py", 'raw_env[0] = "A=app:app2"'),
        ("gunicorn.conf.py", "def broken(:"),
        ("gunicorn.conf.py", 'wsgi_app = "other:app"'),
        ("app.yaml", "runtime: python312"),
        ("static/app.js", "run('app:app')"),
        ("tests/test_app.py", 'patch("app:app")'),
        ("other/Procfile", "web: gunicorn other:app"),
        ("serverless.yml", "custom:\n  wsgi:\n    app: other.app"),
        ("start.sh", "gunicorn --chdir backend server:app"),
        ("start.sh", "uwsgi --ini uwsgi.ini"),
    ],
)
def test_what_does_not_need_the_app_object_lets_the_name_go(path: str, text: str) -> None:
    """Scripts, calls of a factory, users and images, documents and other modules do not need the old name."""
    found = serving({path: text})
    assert not found.stays
    assert found.reason == ""


def test_documents_that_name_the_app_are_known() -> None:
    """A document is not binding, yet it is known where it speaks of the app object."""
    found = serving({"README.md": "Start:\n\n    gunicorn app:app\n    FLASK_APP=app.py:app flask run\n"})
    assert [(one.place, one.says) for one in found.docs] == [
        ("README.md:3", "app:app"),
        ("README.md:4", "app.py:app"),
    ]


@pytest.mark.parametrize(
    ("files", "module"),
    [
        ({"Procfile": "web: gunicorn backend.app:app"}, "backend/app.py"),
        ({"Procfile": "web: cd backend && gunicorn app:app", "app.py": APP}, "backend/app.py"),
        ({"Procfile": "web: gunicorn --chdir ./backend/ app:app", "app.py": APP}, "backend/app.py"),
        ({"backend/Dockerfile": 'CMD ["gunicorn", "app:app"]', "app.py": APP}, "backend/app.py"),
        ({"Procfile": "web: gunicorn app:app"}, "app/__init__.py"),
        ({"Procfile": "web: gunicorn shop.web:app"}, "src/shop/web.py"),
        ({"docker/start.sh": "exec gunicorn app:app"}, "backend/app.py"),
        (
            {"x.service": "[Service]\nWorkingDirectory=/srv/web\nExecStart=gunicorn app:app", "app.py": APP},
            "web/app.py",
        ),
        ({".env": "FLASK_APP=/code/web/app.py:app"}, "web/app.py"),
        ({".env": "FLASK_APP=$PWD/web/app.py:app"}, "web/app.py"),
        ({"app.yaml": "runtime: python312"}, "main.py"),
        ({"Dockerfile": "FROM tiangolo/uwsgi-nginx-flask:python3.11"}, "app/main.py"),
        ({"Dockerfile": "FROM x\nENV MODULE_NAME=shop.web"}, "shop/web.py"),
        ({"vercel.json": '{"rewrites": [{"source": "/(.*)", "destination": "/api/index"}]}'}, "api/index.py"),
    ],
)
def test_a_module_is_found_from_where_the_command_runs(files: dict[str, str], module: str) -> None:
    """Packages, ``cd``, ``--chdir``, working directories, paths in containers and conventions lead to the module."""
    assert serving(files, module).stays


def test_of_two_modules_of_one_name_the_nearer_is_served() -> None:
    """A command at the root serves the root's ``app.py`` and not that of a folder."""
    files = {"Procfile": "web: gunicorn app:app", "app.py": APP, "other/app.py": APP}
    assert serving(files).stays
    assert not serving(files, "other/app.py").stays


def test_where_two_modules_may_be_meant_both_names_stay() -> None:
    """A command that does not tell which of two modules it serves keeps both."""
    files = {"Procfile": "web: gunicorn app:app", "one/app.py": APP, "two/app.py": APP}
    assert serving(files, "one/app.py").stays
    assert serving(files, "two/app.py").stays


@pytest.mark.parametrize(
    ("command", "name"),
    [("gunicorn app", "application"), ("uwsgi -w app", "application"), ("gunicorn -c conf.py app", "application")],
)
def test_a_server_that_is_told_a_module_alone_takes_its_own_name(command: str, name: str) -> None:
    """The servers gunicorn and uWSGI look for ``application`` where no name stands."""
    assert serving({"Procfile": f"web: {command}"}, app=name).stays
    assert not serving({"Procfile": f"web: {command}"}).stays


def test_apache_and_elastic_beanstalk_look_for_application() -> None:
    """``WSGIScriptAlias`` and ``WSGIPath`` name a file, and the object in it is ``application``."""
    for path, text in (
        ("site.conf", "WSGIScriptAlias / /srv/app.py"),
        (".ebextensions/python.config", "option_settings:\n  x:\n    WSGIPath: app.py"),
    ):
        assert serving({path: text}, app="application").stays


def test_other_names_of_the_module_that_are_named_are_told() -> None:
    """Celery's app and console scripts are named from outside too, and must still be there."""
    found = serving(
        {
            "Procfile": "worker: celery -A app.celery worker",
            "pyproject.toml": '[project.scripts]\nshop = "app:main"',
            "beat.sh": "celery --app=app:celery beat",
        }
    )
    assert {name: one.place for name, one in found.others.items()} == {
        "celery": "Procfile:1",
        "main": "pyproject.toml:2",
    }
    assert not found.stays


def test_a_celery_command_with_a_module_alone_names_nothing() -> None:
    """``celery -A app`` looks for an instance by itself."""
    assert serving({"Procfile": "worker: celery -A app worker"}).others == {}


# importers


def test_modules_in_which_a_process_starts_are_entries() -> None:
    """Modules that are named like one, that a command names or that have a main part are entries; views and tests are not."""
    found = serving(
        {
            "wsgi.py": "from app import app\n",
            "tool.py": "from app import app\n\nif __name__ == '__main__':\n    app.run()\n",
            "job.py": "from app import app as web\n",
            "Makefile": "job:\n\tpython job.py",
            "views.py": "from app import app\n",
            "tests/test_views.py": "from app import app\n",
        }
    )
    assert found.entries == ("job.py", "tool.py", "wsgi.py")
    assert [(one.path, one.name, one.is_test) for one in found.importers] == [
        ("job.py", "web", False),
        ("tests/test_views.py", "app", True),
        ("tool.py", "app", False),
        ("views.py", "app", False),
        ("wsgi.py", "app", False),
    ]


def test_a_module_that_hands_the_app_to_a_server_keeps_its_own_name() -> None:
    """Where a server takes the app from the module that imports it, that module is known, and the old name may go."""
    found = serving({"run.py": "from app import app as web\n", "Procfile": "web: gunicorn run:web"})
    assert [one.place for one in found.importers[0].serves] == ["Procfile:1"]
    assert not found.stays


@pytest.mark.parametrize(
    ("path", "text", "module", "expected"),
    [
        ("shop/views.py", "from . import app\n", "shop/__init__.py", ("app", "module")),
        ("shop/api/views.py", "from ..web import app\n", "shop/web.py", ("app", "module")),
        ("shop/views.py", "from . import web\n\nweb.app.logger\n", "shop/web.py", ("web.app", "module")),
        ("shop/views.py", "def view():\n    from shop.web import app\n", "shop/web.py", ("app", "function")),
        ("run.py", "import shop.web\n\nshop.web.app.run()\n", "shop/web.py", ("shop.web.app", "module")),
        ("run.py", "import shop.web as w\n\nw.app.run()\n", "shop/web.py", ("w.app", "module")),
        ("run.py", "from shop import web\n\nweb.app.run()\n", "shop/web.py", ("web.app", "module")),
        ("run.py", "from web import *\n\napp.run()\n", "web.py", ("app", "module")),
        ("run.py", "from shop.web import app\n", "src/shop/web.py", ("app", "module")),
    ],
)
def test_every_form_of_import_is_seen(path: str, text: str, module: str, expected: tuple[str, str]) -> None:
    """Relative, absolute and aliased imports, of the object or of its module, at the top or in a function."""
    (one,) = serving({path: text}, module).importers
    assert (one.name, one.scope) == expected


@pytest.mark.parametrize(
    ("path", "text", "module"),
    [
        ("views.py", "from apps import app\n", "app.py"),
        ("views.py", "from app import db  # not app\n", "app.py"),
        ("views.py", "import app\n", "app.py"),
        ("views.py", "import shop.web\n\nshop.app\n", "shop/web.py"),
        ("views.py", "from shop import web  # app\n", "shop/web.py"),
        ("views.py", "from app import (app\n", "app.py"),
        ("views.py", "app = 1\n", "web.py"),
        ("other/views.py", "from app import app\n", "shop/app.py"),
        ("shop/views.py", "from .web import app\n", "web.py"),
    ],
)
def test_what_does_not_import_the_app_is_left_out(path: str, text: str, module: str) -> None:
    """Other modules, other names, unused modules, files that cannot be read and other folders are no importers."""
    assert serving({path: text}, module).importers == ()
