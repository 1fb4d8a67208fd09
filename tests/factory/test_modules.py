"""Apps of several modules: who registers what, and who is called by whom."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.factory.shapes import Files, same

HOME = """
    from flask import Flask

    app = Flask(__name__)
    app.config["N"] = 3
"""

VIEWS = """
    from app import app

    @app.route("/")
    def home():
        return str(app.config["N"])
"""

ALIKE: dict[str, dict[str, str]] = {
    "views at the end": {"app.py": HOME + "\n    import views\n", "views.py": VIEWS},
    "views by name": {"app.py": HOME + "\n    from views import home\n", "views.py": VIEWS},
    "views by star": {"app.py": HOME + "\n    from views import *\n", "views.py": VIEWS},
    "two steps": {
        "app.py": HOME + "\n    import pages\n",
        "pages.py": "import views\nimport other\n",
        "views.py": VIEWS,
        "other.py": "VALUE = 1\n",
    },
    "a chain": {
        "app.py": HOME + "\n    import first\n",
        "first.py": """
            import app as main
            from app import app

            @app.route("/first")
            def first():
                return main.app.name

            import second
            """,
        "second.py": """
            from app import app

            @app.route("/second")
            def second():
                return app.name
            """,
    },
    "a package": {
        "app/__init__.py": HOME + "\n    from app import views, models\n",
        "app/views.py": """
            from app import app
            from .models import number

            @app.route("/")
            def home():
                return number()
            """,
        "app/models.py": """
            from . import app

            def number():
                return str(app.config["N"])
            """,
    },
    "a package with relative imports": {
        "app/__init__.py": HOME + "\n    from . import views\n",
        "app/views/__init__.py": "from . import pages\n",
        "app/views/pages.py": """
            from .. import app
            import app.sizes as sizes

            @app.before_request
            def before():
                pass

            @app.route("/")
            def home():
                return str(app.config["N"] + sizes.N)
            """,
        "app/sizes.py": "N = 1\n",
    },
    "an import within a context": {
        "app.py": HOME
        + """
    with app.app_context():
        import views
        from views import home

    def name():
        return views.home.__name__ + home.__name__
""",
        "views.py": VIEWS,
    },
    "an import and more within a context": {
        "app.py": HOME
        + """
    with app.app_context():
        import views
        app.config["M"] = app.name

    def name():
        return views.home.__name__
""",
        "views.py": VIEWS,
    },
    "a module between that imports for others": {
        "app.py": HOME + "\n    import between\n",
        "between.py": """
            from typing import TYPE_CHECKING

            if TYPE_CHECKING:
                import late

            import views

            def later():
                import late
            """,
        "late.py": "VALUE = 1\n",
        "views.py": VIEWS,
    },
    "a module that can be started as well": {
        "app.py": HOME + "\n    import views\n",
        "views.py": VIEWS
        + """
    if __name__ == "__main__":
        print("views")
""",
    },
    "a call before it is made": {
        "app.py": "    import os\n\n    where = os.getcwd()\n    os.getcwd()\n" + HOME,
    },
    "what is made with it and read elsewhere when it is called": {
        "app.py": HOME + "\n    log = app.logger\n\n    import views\n",
        "views.py": VIEWS
        + "\n    import app as main\n\n    @app.route('/log')\n    def log():\n        return main.log.name\n",
    },
    "a module that a view imports": {
        "app.py": HOME
        + """
    @app.route("/")
    def home():
        from helpers import number
        return number()
""",
        "helpers.py": "from app import app\n\n\ndef number():\n    return str(id(app) == 0) + str(app.config['N'])\n",
    },
    "a module that only uses it": {
        "app.py": HOME
        + "\n    import helpers\n\n    @app.route('/')\n    def home():\n        return helpers.name()\n",
        "helpers.py": """
            import app as main

            def name():
                return main.app.name
            """,
    },
}


@pytest.mark.parametrize("files", ALIKE.values(), ids=list(ALIKE))
def test_an_app_of_several_modules_is_the_same(tmp_path: Path, files: Files) -> None:
    """In whatever way the home imports modules that register something, the factory has it all in the same order."""
    home = "app.py" if "app.py" in files else "app/__init__.py"
    same(tmp_path, files, home=home)
