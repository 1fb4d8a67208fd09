"""Whole files as they are written: what stays where, comments and blank lines with it."""

from __future__ import annotations

import textwrap

import pytest

import keck.factory
from tests.factory.shapes import Files, after, converted, text


def shape(files: Files, path: str = "app.py", home: str = "app.py") -> str:
    """Return one file as a conversion leaves it."""
    return text(files, path, home)


def test_comments_stand_above_what_they_are_about() -> None:
    """A comment goes where its statement goes; one above an import that goes stays in the file."""
    found = shape(
        '''
        """The shop."""

        from flask import Flask

        # the app
        app = Flask(__name__)

        # where the
        # data is
        app.config["DATA"] = "data"

        app.config["MORE"] = "more"


        # the start
        @app.route("/")
        def home():
            return "home"


        if __name__ == "__main__":
            # locally
            app.run()
        '''
    )
    assert found == textwrap.dedent(
        '''\
        """The shop."""

        from flask import Flask


        def create_app(config=None):
            # the app
            app = Flask(__name__)

            # where the
            # data is
            app.config["DATA"] = "data"

            app.config["MORE"] = "more"
            if config is not None:
                app.config.update(config)

            app.add_url_rule("/", view_func=home)

            return app


        # the start
        def home():
            return "home"


        if __name__ == "__main__":
            app = create_app()
            # locally
            app.run()
        '''
    )


def test_a_start_on_one_line_becomes_a_block() -> None:
    """What starts the app on one line makes it first, on a line of its own."""
    found = shape('from flask import Flask\n\napp = Flask(__name__)\n\nif __name__ == "__main__": app.run()\n')
    assert found.endswith('if __name__ == "__main__":\n    app = create_app()\n    app.run()\n')


def test_a_start_that_does_something_else_has_its_else() -> None:
    """The else of a start that does not use the app stays as it is."""
    found = shape(
        """
        from flask import Flask

        app = Flask(__name__)

        if __name__ == "__main__":
            app.run()
        else:
            print("served")
        """
    )
    assert found.endswith('    app.run()\nelse:\n    print("served")\n')


def test_names_that_are_taken_are_left_alone() -> None:
    """The factory and its parameter get other names where theirs mean something."""
    found = shape(
        """
        from flask import Flask
        import config

        create_app = make_app = build_app = build_app_2 = None
        app = Flask(__name__)
        app.config["X"] = config.X
        app.config["Y"] = (overrides, settings)
        """
    )
    assert "def build_app_3(config_overrides=None):\n" in found


def test_settings_of_the_caller_come_last() -> None:
    """The settings that the factory is given stand behind the last that the module writes before they are read."""
    found = shape(
        """
        from flask import Flask
        from flask_cors import CORS

        app = Flask(__name__)
        app.config["A"] = 1
        app.config["A"] += 1
        app.secret_key: str = "x"
        CORS(app)
        app.config["LATE"] = 2


        @app.route("/")
        def home():
            return "home"
        """
    )
    assert '    app.secret_key: str = "x"\n    if config is not None:\n' in found


STAYS = """
    from flask import Flask

    app = Flask(__name__)


    @app.route("/")
    def home():
        return app.name


    if __name__ == "__main__":
        app.run()

    if __name__ == "__main__":
        print("done")
"""


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"Procfile": "web: gunicorn app:app"}, "`Procfile:1`"),
        (
            {"tests/test_app.py": "from app import token\n\n\ndef test_token():\n    assert token\n"},
            "`tests/test_app.py:1` imports `token`, which is made with it",
        ),
        (
            {
                "run.py": "from app import app\n\n\ndef start():\n    return app.name\n",
                "tests/test_run.py": "from run import start\n\n\ndef test_start():\n    assert start()\n",
            },
            "the tests call functions of `run.py`, which uses it",
        ),
        (
            {
                "tests/test_app.py": "from app import app\n\nif app:\n    def test_app():\n        app\n",
            },
            "`tests/test_app.py:",
        ),
    ],
)
def test_the_name_stays_where_it_is_needed(more: dict[str, str], reason: str) -> None:
    """Where a server or a test needs the app's name, the home makes the app, once, above what starts it."""
    files = {
        "app.py": textwrap.dedent(STAYS).replace("\n\n\n@app", '\ntoken = app.name + "-token"\n\n\n@app', 1)
    } | more
    found = converted(files)
    assert found.app == "app:app"
    assert any(reason in one for one in found.says), found.says
    assert (found.files["app.py"] or "").count("\napp = create_app()\n") == 1
    assert "wsgi.py" not in found.files
    assert "run.py" not in found.files


def test_a_list_for_a_star_names_what_is_there() -> None:
    """A module that lists the app for a star has no name in its list that is not there."""
    found = text(
        'from flask import Flask\n\n__all__ = ["app", "home"]\n\napp = Flask(__name__)\n\n\ndef home():\n    pass\n'
    )
    assert '__all__ = ["app", "home"]' not in found or "\napp = create_app()\n" in found


def test_a_module_that_starts_the_app_makes_it() -> None:
    """What imports the app to start it imports the factory, and has the app under its own name."""
    home = "from flask import Flask\n\napp = Flask(__name__)\napp.config['N'] = 3\n"
    found = after(
        {
            "app.py": home,
            "one.py": """
                import os
                from app import app as application
                import sys

                def show():
                    print(application.name)

                if __name__ == "__main__":
                    application.run()
                """,
            "two.py": "import app as main\n\nmain.app.run()\n",
            "three.py": "# why\nfrom app import app  # noqa\n\n\nprint(app.name)\n",
        }
    )
    assert "from app import create_app\n" in found["one.py"]
    assert "\napplication = create_app()\n" in found["one.py"]
    assert found["two.py"].count("create_app") == 2
    assert "main.app" not in found["two.py"]
    assert found["three.py"].startswith("# why\nfrom app import create_app\n\napp = create_app()\n")


def test_a_comment_above_an_import_that_goes_stays() -> None:
    """What is said above an import of the app stands above what comes next."""
    files = {
        "app.py": "from flask import Flask\n\napp = Flask(__name__)\n\nimport views\n",
        "views.py": "# the views\nfrom app import app\nimport os\n\n# it has none\nprint(os.name)\n",
    }
    assert after(files)["views.py"] == "# the views\nimport os\n\n# it has none\nprint(os.name)\n"
    files["views.py"] = "import os\n# the app\nfrom app import app\n\nprint(os.name)\n"
    assert after(files)["views.py"] == "import os\n# the app\n\nprint(os.name)\n"


def test_a_module_that_only_imported_the_app_is_left_empty() -> None:
    """An import of the app that nothing uses goes."""
    files = {
        "app.py": "from flask import Flask\n\napp = Flask(__name__)\n\nimport views\n",
        "views.py": "from app import app\n",
    }
    assert after(files)["views.py"].strip() == ""


def test_the_package_offers_what_it_has() -> None:
    """Only what there is can be had from the package, and a page is shown by its path."""
    with pytest.raises(AttributeError, match="reconvert"):
        _ = keck.factory.reconvert
