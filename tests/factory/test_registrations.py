"""Decorators that register something, as the statements that do the same."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from tests.factory.shapes import same, text

HEAD = "from flask import Flask\n\napp = Flask(__name__)\n\n\n"


def shape(body: str) -> str:
    """Return what becomes of some definitions: what the factory does, then what stays."""
    found = text(HEAD + textwrap.dedent(body).lstrip("\n"))
    inside, _, outside = found.partition("    return app\n")
    done = inside.partition("config.update(config)\n")[2].replace("\n    ", "\n").strip()
    return f"{done}\n--\n{outside.strip()}\n"


@pytest.mark.parametrize(
    ("body", "result"),
    [
        (
            """
            @app.route("/")
            def home():
                return ""
            """,
            """
            app.add_url_rule("/", view_func=home)
            --
            def home():
                return ""
            """,
        ),
        (
            """
            @app.post('/a', endpoint='b')
            def home():
                return ''
            """,
            """
            app.add_url_rule('/a', view_func=home, endpoint='b', methods=['POST'])
            --
            def home():
                return ''
            """,
        ),
        (
            """
            @app.route(rule="/", **options)
            def home():
                return ""
            """,
            """
            app.add_url_rule(rule="/", view_func=home, **options)
            --
            def home():
                return ""
            """,
        ),
        (
            """
            @app.route(
                "/",
                methods=["PUT"],
            )
            def home():
                return ""
            """,
            """
            app.add_url_rule(
                "/",
                view_func=home,
                methods=["PUT"],
            )
            --
            def home():
                return ""
            """,
        ),
        (
            """
            @app.route(
                "/"
            )
            def home():
                return ""
            """,
            """
            app.add_url_rule(
                "/", view_func=home
            )
            --
            def home():
                return ""
            """,
        ),
        (
            """
            @app.errorhandler(404)
            def missing(error):
                return "", 404
            """,
            """
            app.register_error_handler(404, missing)
            --
            def missing(error):
                return "", 404
            """,
        ),
        (
            """
            @app.endpoint("home")
            def home():
                return ""
            """,
            """
            app.endpoint("home")(home)
            --
            def home():
                return ""
            """,
        ),
        (
            """
            @app.template_filter(name="up")
            def upper(text):
                return text.upper()
            """,
            """
            app.add_template_filter(upper, name="up")
            --
            def upper(text):
                return text.upper()
            """,
        ),
        (
            """
            @app.cli.command("seed", with_appcontext=False)
            def seed():
                pass
            """,
            """
            app.cli.add_command(seed)
            --
            @click.command("seed")
            def seed():
                pass
            """,
        ),
        (
            """
            @app.cli.group()
            def tool():
                pass
            """,
            """
            app.cli.add_command(tool)
            --
            @click.group(cls=AppGroup)
            def tool():
                pass
            """,
        ),
        (
            """
            @app.route("/")  # the start
            # it is public
            @app.get("/home")
            def home():
                return ""
            """,
            """
            app.add_url_rule("/home", view_func=home, methods=["GET"])
            app.add_url_rule("/", view_func=home)
            --
            # it is public
            def home():
                return ""
            """,
        ),
        (
            """
            @shown
            @app.route("/")
            def home():
                return ""
            """,
            """
            app.add_url_rule("/", view_func=home_view)
            --
            def home():
                return ""


            home_view = home
            home = shown(home)
            """,
        ),
        (
            """
            @shown
            @app.before_request
            @loud
            def first():
                pass
            """,
            """
            app.before_request(first_registered)
            --
            @loud
            def first():
                pass


            first_registered = first
            first = shown(first)
            """,
        ),
    ],
)
def test_a_decorator_becomes_a_call(body: str, result: str) -> None:
    """What a decorator of the app does, a call in the factory does; what it does not register stays as it is."""
    assert shape(body) == textwrap.dedent(result).lstrip("\n")


def test_views_of_one_name_keep_their_own(tmp_path: Path) -> None:
    """A name that is defined again gets another one for what has been registered."""
    found = same(
        tmp_path,
        HEAD
        + textwrap.dedent("""
            @app.get("/a")
            def view():
                return "a"

            @app.get("/b", endpoint="b")
            def view():
                return "b"
            """),
    )["app.py"]
    assert 'app.add_url_rule("/a", view_func=view_view, methods=["GET"])' in found
    assert 'app.add_url_rule("/b", view_func=view, endpoint="b", methods=["GET"])' in found


def test_many_registrations_have_a_function_of_their_own() -> None:
    """More than three registrations stand in a function that the factory calls."""
    body = "".join(f'@app.route("/{one}")\ndef {one}():\n    return ""\n\n\n' for one in "abcd")
    found = text(HEAD + body)
    assert "    register_routes(app)\n" in found or "    register(app)\n" in found
    assert text(HEAD + body[: len(body) // 2]).count("def register") == 0


def test_a_command_needs_its_decorators(tmp_path: Path) -> None:
    """The names that the new decorators need are imported, once."""
    found = same(
        tmp_path,
        HEAD
        + textwrap.dedent("""
            import click

            @app.cli.group()
            def tool():
                pass

            @tool.command()
            def go():
                pass

            @app.cli.command("seed")
            @click.argument("name")
            def seed(name):
                pass
            """),
    )["app.py"]
    assert found.count("import click") == 1
    assert "from flask.cli import AppGroup, with_appcontext\n" in found
