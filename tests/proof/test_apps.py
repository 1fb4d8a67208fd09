from __future__ import annotations

from collections.abc import Mapping

import pytest

from keck.proof import candidates
from tests.support import project

APP = "from flask import Flask\napp = Flask(__name__)\n"
FACTORY = "from flask import Flask\ndef create_app():\n    app = Flask(__name__)\n    return app\n"
NAMED = FACTORY.replace("()", "(name)", 1)


@pytest.mark.parametrize(
    ("files", "names"),
    [
        ({"shop.py": APP}, ["shop:app"]),
        ({"shop/__init__.py": APP}, ["shop:app"]),
        ({"shop/__init__.py": "", "shop/main.py": APP}, ["shop.main:app"]),
        ({"shop/__init__.py": FACTORY}, ["shop:create_app"]),
        ({"src/shop/__init__.py": FACTORY}, ["shop:create_app"]),
        ({"backend/shop/__init__.py": "", "backend/shop/app.py": APP}, ["backend/shop.app:app"]),
        ({"backend/src/shop/__init__.py": FACTORY}, ["backend/shop:create_app"]),
        ({"web/app.py": APP, "web/views.py": "from web.app import app\n"}, ["web.app:app"]),
        (
            {"shop/__init__.py": FACTORY, "wsgi.py": "from shop import create_app\napplication = create_app()\n"},
            ["wsgi:application", "shop:create_app"],
        ),
        (
            {"shop/__init__.py": FACTORY, "fill.py": "from shop import create_app\napp = create_app()\n"},
            ["shop:create_app", "fill:app"],
        ),
        ({"app.py": APP + "other = Flask('x')\n"}, ["app:app", "app:other"]),
        (
            {"shop.py": NAMED, "config.py": "class A: ...\nconfig = {'production': A, 'testing': A, 'default': A}\n"},
            ['shop:create_app("default")', 'shop:create_app("testing")'],
        ),
        ({"shop.py": NAMED, "config.py": "options = {'testing': [1]}\n"}, []),
        ({"shop.py": FACTORY.replace("()", "(a=1, *b, **c)", 1)}, ["shop:create_app"]),
        ({"shop.py": FACTORY.replace("()", "(a, b)", 1)}, []),
        ({"shop.py": "async ".join(["from flask import Flask\n", FACTORY.partition("\n")[2]])}, []),
        ({"shop.py": FACTORY.replace("def", "@cached\ndef")}, []),
        ({"shop.py": "if __name__ == '__main__':\n    " + APP.replace("\n", "\n    ")}, []),
        ({"tests/conftest.py": APP}, []),
        ({"shop.py": "app = make()\nname = 'x'\nclass A:\n    def create_app(self): return Flask(__name__)\n"}, []),
        ({"shop.py": "def build():\n    return 3\n"}, []),
    ],
)
def test_apps_are_found_by_the_code(files: Mapping[str, str], names: list[str]) -> None:
    """Module-level apps in the usual files come first, then factories that can be called, then other modules' apps."""
    assert candidates(project(files)) == names
