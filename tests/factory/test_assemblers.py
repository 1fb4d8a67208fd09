"""A module that completes the app that another one makes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.factory.shapes import Files, after, converted, same

HOME = """
    # the app
    from flask import Flask

    app = Flask(__name__)
    app.config["N"] = 3
    names = {}
    names["n"] = app.name


    def number():
        return str(app.config["N"]) + names["n"]
"""
SERVES = (
    HOME
    + """

    @app.route("/")
    def home():
        return number()
"""
)

PAGES = """
    from flask import Blueprint

    pages = Blueprint("pages", __name__)


    @pages.route("/page")
    def page():
        return "page"
"""

ALIKE: dict[str, dict[str, str]] = {
    "blueprints": {
        "app.py": HOME,
        "pages.py": PAGES,
        "run.py": """
            from app import app
            from pages import pages

            app.register_blueprint(pages)


            @app.errorhandler(404)
            def missing(error):
                return app.name, 404


            if __name__ == "__main__":
                app.run()
            """,
    },
    "a module at the end": {
        "app.py": HOME,
        "pages.py": PAGES,
        "run.py": """
            import app as main
            from pages import pages

            main.app.register_blueprint(pages)
            """,
    },
    "nothing but imports": {
        "app.py": HOME,
        "views.py": "from app import app\n\n\n@app.route('/views')\ndef views():\n    return app.name\n",
        "run.py": "from app import app\nimport views\n",
    },
}


@pytest.mark.parametrize(
    ("files", "app"), list(zip(ALIKE.values(), ["run:app", "run:main.app", "run:app"], strict=True)), ids=list(ALIKE)
)
def test_the_factory_stands_where_the_app_is_complete(tmp_path: Path, files: dict[str, str], app: str) -> None:
    """Where one module completes the app, the factory is there, and begins with what the home makes."""
    assert converted(files).app == "run:create_app"
    found = same(tmp_path, files, app=app)
    assert "def make_app():\n" in found["app.py"]
    assert "    app = make_app()\n" in found["run.py"]


PAGE = "from app import app\nfrom pages import pages\n\napp.register_blueprint(pages)\n"


@pytest.mark.parametrize(
    "files",
    [
        {"app.py": HOME, "pages.py": PAGES, "one.py": PAGE, "two.py": PAGE},  # which of the two?
        {"app.py": SERVES, "pages.py": PAGES, "run.py": PAGE},  # the home serves something without it
        {
            "app.py": HOME + "\n    import views\n",
            "views.py": "from app import app\n\napp.jinja_env\n",
            "pages.py": PAGES,
            "run.py": PAGE,
        },
        {"app.py": HOME, "run.py": "from app import app\n\napp.run()\n"},  # it starts it
    ],
)
def test_a_home_that_is_complete_has_the_factory(files: Files) -> None:
    """Where the home is an app by itself, or several modules add to it, each for itself, the factory is in the home."""
    assert converted(files).app == "app:create_app"


def test_a_home_that_a_server_names_has_the_factory() -> None:
    """What a server is told is an app by itself."""
    found = converted({"app.py": HOME, "pages.py": PAGES, "run.py": PAGE, "Procfile": "web: gunicorn app:app"})
    assert found.app == "app:app"
    assert "run.py" not in found.files


def test_a_start_that_registers_what_others_have() -> None:
    """A module that imports what registers something, and the app, has both of its own."""
    found = after(
        {
            "app.py": SERVES,
            "views.py": "from app import app\n\n\n@app.route('/views')\ndef views():\n    return app.name\n",
            "run.py": "from app import app\nimport views\n",
        }
    )["run.py"]
    assert "app = create_app()\n" in found
    assert "views.register(app)\n" in found
