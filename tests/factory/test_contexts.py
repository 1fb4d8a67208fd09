"""Functions that use the app: those that have the current one, those that are given it, those that keep it."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from tests.factory.shapes import Files, after, converted, same, text

HEAD = """
from flask import Flask

app = Flask(__name__)
app.config["N"] = 3
"""


def become(body: str) -> str:
    """Return the home of a small app."""
    return text(HEAD + "\n" + textwrap.dedent(body).lstrip("\n"))


@pytest.mark.parametrize(
    ("body", "there"),
    [
        (  # a view runs in a request
            """
            @app.route("/")
            def home():
                return str(app.config["N"])
            """,
            ['return str(current_app.config["N"])'],
        ),
        (  # so does what a view calls
            """
            def number():
                return app.config["N"]

            @app.route("/")
            def home():
                return str(number())
            """,
            ['return current_app.config["N"]'],
        ),
        (  # the whole app is not the proxy
            """
            @app.route("/")
            def home():
                return repr(app)
            """,
            ["return repr(current_app._get_current_object())"],
        ),
        (  # a function that is called while the app is made is given it
            """
            def set_up():
                app.config["M"] = 4

            set_up()
            """,
            ["def set_up(app):", "    set_up(app)\n"],
        ),
        (  # and so is one that calls it
            """
            def inner(number, /):
                app.config["M"] = number

            def outer():
                inner(4)

            outer()
            """,
            ["def inner(app, number, /):", "def outer(app):", "    inner(app, 4)\n", "    outer(app)\n"],
        ),
        (  # one that opens a context of its own keeps the app at hand
            """
            def fill():
                with app.app_context():
                    print(app.name)

            if __name__ == "__main__":
                fill()
                app.run()
            """,
            ["def fill(app):", "with app.app_context():", "    app = create_app()\n    fill(app)\n    app.run()\n"],
        ),
        (  # a thread's function is given it with its other arguments
            """
            from threading import Thread

            def work(number):
                with app.app_context():
                    print(number)

            @app.route("/")
            def home():
                Thread(target=work, args=(1,)).start()
                return ""
            """,
            ["def work(app, number):", "Thread(target=work, args=(current_app._get_current_object(), 1,)).start()"],
        ),
        (
            """
            from threading import Thread

            def work():
                with app.app_context():
                    print(1)

            @app.route("/")
            def home():
                Thread(target=work, daemon=True).start()
                return ""
            """,
            ["def work(app):", "Thread(target=work, daemon=True, args=(current_app._get_current_object(),)).start()"],
        ),
        (
            """
            from threading import Thread

            def work():
                with app.app_context():
                    print(1)

            @app.route("/")
            def home():
                Thread(target=work, args=()).start()
                Thread(target=work, args=[]).start()
                return ""
            """,
            [
                "Thread(target=work, args=(current_app._get_current_object(),)).start()",
                "Thread(target=work, args=[current_app._get_current_object()]).start()",
            ],
        ),
        (  # a nested function of a view that takes the app outside of it
            """
            @app.route("/")
            def home():
                \"\"\"Home.\"\"\"
                def work():
                    with app.app_context():
                        print(app.name)
                work()
                return ""
            """,
            ['    """Home."""\n    app = current_app._get_current_object()\n    def work():\n'],
        ),
        (
            """
            @app.route("/")
            def home(): return str(app.test_client())
            """,
            ["def home():\n    app = current_app._get_current_object()\n    return str(app.test_client())"],
        ),
        (  # a generator runs when its view is over
            """
            @app.route("/")
            def home():
                def rows():
                    yield app.config["N"]
                return rows()
            """,
            ['    app = current_app._get_current_object()\n    def rows():\n        yield app.config["N"]\n'],
        ),
        (
            """
            @app.route("/")
            def home():
                answer = make()
                answer.call_on_close(lambda: app.logger.info("closed"))
                Thread(None, lambda: print(1))
                return answer
            """,
            ["    app = current_app._get_current_object()\n    answer = make()\n"],
        ),
        (
            """
            @app.route("/")
            def home():
                def closed():
                    app.logger.info("closed")
                pool.submit(closed)
                return ""
            """,
            ["    app = current_app._get_current_object()\n    def closed():\n"],
        ),
        (  # what runs where it stands needs nothing
            """
            @app.route("/")
            def home():
                def name():
                    return app.config["N"]
                return str(name()) + "".join(sorted("ab", key=lambda one: app.name + one))
            """,
            ['return current_app.config["N"]', "key=lambda one: current_app.name + one"],
        ),
        (  # methods of Flask's classes run in requests
            """
            from flask.views import MethodView

            class Items(MethodView):
                def get(self):
                    return app.name

            app.add_url_rule("/items", view_func=Items.as_view("items"))
            """,
            ["        return current_app.name\n"],
        ),
        (  # what the app's own objects are given runs in requests
            """
            import functools
            from flask import Blueprint

            pages = Blueprint("pages", __name__)

            def page():
                return app.name

            pages.add_url_rule("/page", view_func=page)
            app.register_blueprint(pages)
            app.add_url_rule("/more", "more", functools.partial(page))
            app.jinja_env.globals.update(name=lambda: app.name, page=page)
            app.cli.command("x")(page)
            """,
            [
                "def page():\n    return current_app.name\n",
                "    app.jinja_env.globals.update(name=lambda: app.name, page=page)\n",
            ],
        ),
        (  # a test request opens a context
            """
            def link():
                with app.test_request_context():
                    return app.name

            @app.route("/")
            def home():
                return "home"
            """,
            ["with app.test_request_context():"],
        ),
    ],
)
def test_a_function_has_the_app_that_it_needs(body: str, there: list[str]) -> None:
    """A function has the current app where there is one, and else it is given it by those that call it."""
    found = become(body)
    for one in there:
        assert one in found, found


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (
            """
            def job():
                print(app.config["N"])

            scheduler.add_job(job, "interval")
            """,
            "job",
        ),
        (
            """
            import atexit

            def bye():
                app.logger.info("bye")

            atexit.register(bye)
            """,
            "bye",
        ),
        (
            """
            @celery.task
            def job():
                with app.app_context():
                    print(app.config["N"])
            """,
            "job",
        ),
        (
            """
            @celery.task(bind=True)
            def job(self):
                print(app.config["N"])
            """,
            "job",
        ),
        (
            """
            def job(app_):
                print(app)

            def later():
                return job

            pool.submit(job)
            """,
            "job",
        ),
        (
            """
            def reach():
                print(app.config["N"])

            def job():
                reach()

            pool.submit(job)
            """,
            "reach",
        ),
        (
            """
            from threading import Thread

            def job():
                print(app.config["N"])

            Thread(None, job).start()
            """,
            "job",
        ),
    ],
)
def test_a_function_that_runs_on_its_own_keeps_the_app(body: str, name: str) -> None:
    """Where a function runs outside of requests and nobody can give it the app, the app stays in its module."""
    conversion = converted(HEAD + "\n" + textwrap.dedent(body).lstrip("\n"))
    found = conversion.files["app.py"]
    assert conversion.app == "app:app"
    assert found is not None
    assert "\napp = create_app()\n" in found
    assert conversion.says == (
        f"`app = create_app()` stays in `app.py`: `{name}` runs outside of requests and needs the app itself",
    )


@pytest.mark.parametrize(
    "body",
    [
        # something speaks of it: a command line may call it
        """
        def fill():
            print(app.test_client())

        COMMANDS = ["fill"]
        """,
        # it has decorators
        """
        @once
        def fill():
            print(app.test_client())

        fill()
        """,
        # there are two of the name
        """
        def fill():
            print(app.test_client())

        fill()

        def fill():
            print(app.test_client())
        """,
        # it is called where nobody has the app
        """
        def fill():
            print(app.test_client())

        class Filler:
            def run(self):
                fill()
        """,
        # it is handed on
        """
        def fill():
            print(app.test_client())

        use(fill)
        """,
        """
        def fill():
            print(app.test_client())

        def call():
            def inner():
                fill()
            return inner
        """,
        # a lambda is none that can be given anything
        """
        fill = lambda: app.test_client()
        """,
        # a generator of a module
        """
        def rows():
            yield app.config["N"]

        @app.route("/")
        def home():
            return stream(rows)
        """,
        # a class whose objects others call
        """
        import logging

        class Form(logging.Formatter):
            def format(self, record):
                return app.name

        handler = logging.StreamHandler()
        handler.setFormatter(Form())
        """,
        # what is handed to a stranger while the module is imported
        """
        import signal

        signal.signal(2, lambda *_: print(app.name))
        """,
        """
        import atexit

        atexit.register(lambda: app.logger.info("bye"))
        """,
        """
        import stranger

        def told():
            print(app.name)

        stranger.hooks["x"].on().add(told)
        """,
    ],
)
def test_a_function_that_cannot_be_given_the_app_keeps_it(body: str) -> None:
    """Where not every call of a function has the app at hand, or the function cannot take it, the app stays."""
    found = converted(HEAD + "\n" + textwrap.dedent(body).lstrip("\n"))
    assert found.app == "app:app"
    assert "runs outside of requests and needs the app itself" in found.says[0]


@pytest.mark.parametrize(
    ("body", "there"),
    [
        (  # it calls itself
            """
            def fill(depth):
                print(app.test_client())
                fill(depth - 1)

            fill(3)
            """,
            ["def fill(app, depth):", "    fill(app, depth - 1)\n"],
        ),
        (  # a view calls it
            """
            def fill():
                print(app.test_client())

            @app.route("/")
            def home():
                fill()
                return ""
            """,
            ["def fill(app):", "    fill(current_app._get_current_object())\n"],
        ),
        (  # other contexts than the app's are no contexts
            """
            def fill():
                with open("x") as file, lock():
                    print(app.test_client(), file)
                with lock.held():
                    pass

            fill()
            """,
            ["def fill(app):"],
        ),
        (  # a context is enough for what only reads in it
            """
            def fill():
                with lock, app.app_context(), lock():
                    print(app.name)

            fill()
            """,
            ["def fill(app):", "        print(app.name)\n"],
        ),
    ],
)
def test_a_function_is_given_the_app_by_all_that_call_it(body: str, there: list[str]) -> None:
    """Wherever a function is called with the app at hand, the call gives it."""
    found = become(body)
    for one in there:
        assert one in found, found


SERVED = """
def set_up():
    app.config["M"] = 4

def outer():
    inner()

def inner():
    print(app.test_client())
    if not app:
        inner()

def alone():
    print(app.test_client())

set_up()
outer()
"""


def test_a_function_that_the_factory_calls_is_given_the_app_even_where_it_stays() -> None:
    """What runs while the app is made has no other app, though the name stays for the others."""
    found = text({"app.py": HEAD + SERVED, "Procfile": "web: gunicorn app:app"})
    assert "def set_up(app):\n" in found
    assert "def outer(app):\n    inner(app)\n" in found
    assert "def alone():\n    print(app.test_client())\n" in found


def test_a_long_chain_of_calls_is_followed_to_its_end() -> None:
    """However many functions stand between, the one that uses the app is given it."""
    chain = "".join(f"\ndef f{one}():\n    return f{one + 1}()\n" for one in range(60))
    found = text(HEAD + chain + '\ndef f60():\n    return app.config["N"]\n\nVALUE = f0()\n')
    assert "    VALUE = f0(app)\n" in found
    assert "def f60(app):\n" in found


def test_a_function_that_tests_call_keeps_its_parameters() -> None:
    """A function that a test imports is called by it as it is."""
    files = {
        "app.py": HEAD + "\ndef fill():\n    print(app.test_client())\n\nfill()\n",
        "tests/test_app.py": "from app import fill\n\n\ndef test_fill():\n    fill()\n",
    }
    assert "def fill(app):" not in text(files)


def test_a_function_with_a_parameter_of_the_name_keeps_the_app() -> None:
    """A function whose parameter is called like the app cannot be given another one."""
    found = converted(
        {
            "app.py": HEAD + "\nimport views\n",
            "views.py": "import app as main\n\n\ndef fill(app):\n    print(main.app.test_client())\n\n\nfill(main.app)\n",
        }
    )
    assert found.app == "app:app"


def test_a_script_gives_the_app_to_what_it_calls() -> None:
    """A module that starts the app has it at hand for the functions of the home."""
    found = after(
        {
            "app.py": HEAD + "\ndef fill():\n    print(app.test_client())\n",
            "fill.py": "from app import app, fill\n\nfill()\nprint(app.name)\n",
        }
    )
    assert "def fill(app):\n" in found["app.py"]
    assert "\nfill(app)\n" in found["fill.py"]


def test_a_page_with_another_app_has_another_name(tmp_path: Path) -> None:
    """Where a module's own name is the app's, the function that registers calls the app otherwise."""
    views = """
        import app

        @app.app.route("/")
        def home():
            return app.app.name + str(app.SIZE)
        """
    found = same(tmp_path, {"app.py": HEAD + "\nSIZE = 3\nimport views\n", "views.py": views})["views.py"]
    assert 'def register(flask_app):\n    flask_app.add_url_rule("/", view_func=home)\n' in found


ALIKE: dict[str, Files] = {
    "the logger in a module of its own": {
        "app.py": HEAD + "\nimport logs\n\n@app.route('/')\ndef home():\n    return logs.told()\n",
        "logs.py": """
            from app import app

            log = app.logger

            def told():
                log.debug("told")
                return log.name
            """,
    },
    "a name of the app from another module": {
        "app.py": HEAD + "\nlog = app.logger\n\nimport views\n",
        "views.py": """
            from app import app, log

            @app.route("/")
            def home():
                log.debug("x")
                return log.name
            """,
    },
    "a name of the app through another module": {
        "app.py": HEAD + "\nimport logs\nimport views\n",
        "logs.py": "from app import app\n\nlog = app.logger\n",
        "views.py": """
            import logs
            from app import app

            @app.route("/")
            def home():
                logs.log.debug("x")
                return logs.log.name
            """,
    },
    "a view on one line": {
        "app.py": HEAD + "\nimport views\n",
        "views.py": """
            from app import app

            @app.route("/")
            def home(): from app import app; return app.name

            @app.route("/where")
            def where(): import os; return os.name
            """,
    },
    "two modules with functions in views": {
        "app.py": HEAD
        + """
@app.route("/a")
def a():
    def inner():
        return app.test_client().application is app
    return str(inner())

import views
""",
        "views.py": """
            from app import app

            @app.route("/b")
            def b():
                def inner():
                    with app.app_context():
                        return app.name
                return inner()
            """,
    },
    "an app that is called otherwise": {
        "app.py": HEAD + "\nimport views\n",
        "views.py": """
            from app import app as shop

            @shop.route("/")
            def home():
                app = 1
                return shop.name + str(app)
            """,
    },
    "an import in a view": {
        "app.py": HEAD + "\nimport views\n",
        "views.py": """
            import app as main

            @main.app.route("/")
            def home():
                from app import app
                return app.name + main.app.name
            """,
    },
}


@pytest.mark.parametrize("files", ALIKE.values(), ids=list(ALIKE))
def test_what_a_function_answers_stays(tmp_path: Path, files: Files) -> None:
    """Whatever name a function has the app by, it answers as before."""
    same(tmp_path, files)
