"""How modules name each other in what is written into them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.factory.shapes import after, same

SHOP = """
    from flask import Flask
    from flask_sqlalchemy import SQLAlchemy

    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
    db = SQLAlchemy(app)


    @app.route("/")
    def home():
        return str(len(db.metadata.tables))
"""
START = '\n\n    if __name__ == "__main__":\n        app.run()\n'


@pytest.mark.parametrize(
    ("files", "home", "line"),
    [
        ({"app.py": SHOP}, "app.py", "from extensions import db"),
        ({"shop/__init__.py": SHOP}, "shop/__init__.py", "from .extensions import db"),
        ({"shop/__init__.py": "", "shop/web.py": SHOP}, "shop/web.py", "from .extensions import db"),
        ({"shop/__init__.py": "", "shop/web.py": SHOP + START}, "shop/web.py", "from shop.extensions import db"),
        ({"shop/web.py": SHOP}, "shop/web.py", "from extensions import db"),
        (
            {
                "shop/__init__.py": "",
                "shop/sizes.py": "N = 1\n",
                "shop/web.py": "    from shop.sizes import N\n" + SHOP,
            },
            "shop/web.py",
            "from shop.extensions import db",
        ),
        (
            {"shop/__init__.py": "", "shop/sizes.py": "N = 1\n", "shop/web.py": "    from . import sizes\n" + SHOP},
            "shop/web.py",
            "from .extensions import db",
        ),
        (
            {
                "back/shop/__init__.py": "",
                "back/shop/sizes.py": "N = 1\n",
                "back/shop/web.py": "    from shop.sizes import N\n" + SHOP,
            },
            "back/shop/web.py",
            "from shop.extensions import db",
        ),
    ],
)
def test_the_home_imports_its_instances_as_it_imports_others(files: dict[str, str], home: str, line: str) -> None:
    """The new import is relative or absolute as the others of the module are, else as its place suggests."""
    assert f"{line}\n" in after(files, home)[home]


def test_a_relative_package_names_what_is_outside_of_it() -> None:
    """A module whose imports are relative names a home outside of its package absolutely."""
    files = {
        "app.py": SHOP,
        "shop/__init__.py": "",
        "shop/sizes.py": "N = 1\n",
        "shop/start.py": "from . import sizes\nfrom app import app\n\napp.run(port=sizes.N)\n",
    }
    assert "from app import create_app\n" in after(files)["shop/start.py"]


def test_a_module_that_another_one_makes_something_for_is_followed(tmp_path: Path) -> None:
    """What is made with the app in one module and read in a third one while it is imported is known."""
    files = {
        "app.py": SHOP + "\n    import names\n    import told\n    import more\n",
        "names.py": "from app import app\n\nlog = app.logger\n",
        "told.py": "from names import log\n\n\ndef told():\n    return log.name\n",
        "more.py": "from names import *\n\n\ndef told():\n    return log.name\n",
    }
    found = same(tmp_path, files)
    assert found["told.py"] == "from flask import current_app\n\n\ndef told():\n    return current_app.logger.name\n"
    assert "    return current_app.logger.name\n" in found["more.py"]
