"""What is not converted: the line, and the reason."""

from __future__ import annotations

import pytest

from tests.factory.shapes import Files, refused

REFUSED = {
    "no app": ("x = 1\n", "app.py:1: the module makes no app at its top level"),
    "a factory": (
        """
        from flask import Flask

        def create_app():
            app = Flask(__name__)
            return app
        """,
        "app.py:1: the app is made by a factory, and there is nothing to move out of it",
    ),
    "two apps": (
        """
        from flask import Flask

        app = Flask(__name__)
        admin = Flask("admin")
        """,
        "app.py:4: the module makes more than one app",
    ),
    "an app in a structure": (
        """
        from flask import Flask

        apps = {"shop": Flask(__name__)}
        """,
        "app.py:3: the app is not made by a plain assignment at the top level",
    ),
    "assigned again": (
        """
        from flask import Flask

        app = Flask(__name__)
        app = wrapped(app)
        """,
        "app.py:4: `app` is assigned again",
    ),
    "started": (
        """
        from flask import Flask

        app = Flask(__name__)

        @app.route("/")
        def home():
            return "home"

        app.run(debug=True)
        """,
        'app.py:9: `app.run()` stands outside of `if __name__ == "__main__":`',
    ),
    "else of main": (
        """
        from flask import Flask

        app = Flask(__name__)

        if __name__ == "__main__":
            app.run()
        else:
            app.config["SERVED"] = True
        """,
        'app.py:7: the `else` of `if __name__ == "__main__":` uses the app',
    ),
    "a model of the config": (
        """
        from flask import Flask

        app = Flask(__name__)
        app.config.from_pyfile("settings.cfg")

        class Item:
            size = app.config["SIZE"]
        """,
        "app.py:7: `Item` needs `app.config` while the module is imported",
    ),
    "a default of the app": (
        """
        from flask import Flask

        app = Flask(__name__)

        def home(logger=app.logger):
            return "home"
        """,
        "app.py:5: `home` needs `app.logger` while the module is imported",
    ),
    "a route without a rule": (
        """
        from flask import Flask

        app = Flask(__name__)

        @app.get
        def home():
            return "home"
        """,
        "app.py:6: `@app.get` stands without its rule",
    ),
    "a command on top of a route": (
        """
        from flask import Flask

        app = Flask(__name__)

        @app.cli.command()
        @app.route("/")
        def home():
            return "home"
        """,
        "app.py:7: a command is registered on top of other registrations",
    ),
    "a command without parentheses": (
        """
        from flask import Flask

        app = Flask(__name__)

        @app.cli.command
        def seed():
            pass
        """,
        "app.py:6: `@app.cli.command` without parentheses registers nothing",
    ),
    "something made with it": (
        {
            "app.py": """
                from flask import Flask

                app = Flask(__name__)
                token = app.name + "-token"
                """,
            "user.py": "from app import token\n\nprint(token)\n",
        },
        "user.py:1: `token` is made with the app, and imported here",
    ),
    "a module that a view imports": (
        {
            "app.py": """
                from flask import Flask

                app = Flask(__name__)

                @app.route("/")
                def home():
                    import views
                    return "home"
                """,
            "views.py": "from app import app\n\n\n@app.route('/views')\ndef views():\n    return 'views'\n",
        },
        "views.py:5: `views` is imported inside a function only, and uses the app while it is",
    ),
    "something made with it, two modules away": (
        {
            "app.py": "from flask import Flask\n\napp = Flask(__name__)\n\nimport names\n",
            "names.py": "from app import app\n\ntoken = app.name + '-token'\n",
            "user.py": "from names import token\n\n\ndef told():\n    return token\n",
        },
        "user.py:1: `token` is made with the app, and imported here",
    ),
    "something made with it, by a star": (
        {
            "app.py": "from flask import Flask\n\napp = Flask(__name__)\n\nimport names\n",
            "names.py": "from app import app\n\ntoken = app.name + '-token'\n",
            "user.py": "from names import *\n\n\ndef told():\n    return token\n",
        },
        "user.py:5: `token` is made with the app, in another module",
    ),
    "what another module made with it": (
        {
            "app.py": """
                from flask import Flask

                app = Flask(__name__)
                token = app.name + "-token"
                """,
            "user.py": "import app\n\nprint(app.token)\n",
        },
        "user.py:3: `app.token` is made with the app, in another module",
    ),
    "a module that is imported in a function": (
        {
            "app.py": """
                from flask import Flask

                app = Flask(__name__)

                @app.route("/")
                def home():
                    return "home"
                """,
            "run.py": "import views\n\nviews.app.run()\n",
            "views.py": """
                from app import app

                @app.route("/views")
                def views():
                    return "views"
                """,
        },
        "views.py:4: `views` is imported inside a function only, and uses the app while it is",
    ),
}


@pytest.mark.parametrize(("files", "said"), REFUSED.values(), ids=list(REFUSED))
def test_what_cannot_be_kept_is_refused(files: Files, said: str) -> None:
    """What cannot be moved without a change of what it does is refused, with its line and the reason."""
    assert refused(files) == said
