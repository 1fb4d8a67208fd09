"""The tests of a converted project: fixtures and ``setUp`` methods that call the factory, or a suite left as it is."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from keck.factory.suite import Suite, rewritten, suite
from tests.support import project

APP = (
    "from flask import Flask\nfrom flask_sqlalchemy import SQLAlchemy\n\napp = Flask(__name__)\ndb = SQLAlchemy(app)\n"
)


def tidy(files: Mapping[str, str]) -> dict[str, str]:
    """Return texts without the indentation of the test."""
    return {path: textwrap.dedent(text).lstrip("\n") for path, text in files.items()}


def made(files: Mapping[str, str] | str, module: str = "app.py") -> Suite:
    """Return what becomes of these tests; a lone text is ``tests/test_app.py``."""
    named = {"tests/test_app.py": files} if isinstance(files, str) else files
    return suite({module: APP, **tidy(named)}, module, "app")


def changed(files: Mapping[str, str] | str, module: str = "app.py") -> dict[str, str]:
    """Return the new texts, where there must be some; each is Python."""
    found = made(files, module)
    assert not found.stays, found.reason
    assert found.files
    for path, text in found.files.items():
        compile(text, path, "exec")
    return found.files


def kept(files: Mapping[str, str] | str) -> str:
    """Return why a suite goes on using the old name."""
    found = made(files)
    assert found.stays
    assert found.files == {}
    return found.reason


# pytest


def test_a_fixture_that_hands_out_the_app_makes_it() -> None:
    """What an ``app`` fixture has set on the imported app is given to the factory, before anything is bound."""
    conftest = """
        import pytest

        from app import app as flask_app, db


        @pytest.fixture
        def app():
            flask_app.config["TESTING"] = True
            flask_app.config.update(SQLALCHEMY_DATABASE_URI="sqlite://", WTF_CSRF_ENABLED=False)
            with flask_app.app_context():
                db.create_all()
                yield flask_app
                db.drop_all()


        @pytest.fixture
        def client(app):
            return app.test_client()
    """
    assert changed({"tests/conftest.py": conftest}) == tidy(
        {
            "tests/conftest.py": """
                import pytest

                from app import create_app, db


                @pytest.fixture
                def app():
                    flask_app = create_app({
                        "TESTING": True,
                        "SQLALCHEMY_DATABASE_URI": "sqlite://",
                        "WTF_CSRF_ENABLED": False,
                    })
                    with flask_app.app_context():
                        db.create_all()
                        yield flask_app
                        db.drop_all()


                @pytest.fixture
                def client(app):
                    return app.test_client()
            """
        }
    )


def test_a_client_fixture_asks_for_a_new_app_fixture() -> None:
    """Where a suite has no ``app`` fixture, its conftest gets one with what the client set; tests that used the app ask for it."""
    conftest = """
        import pytest
        from app import app, db

        @pytest.fixture()
        def client():
            app.testing = True
            with app.app_context():
                db.create_all()
            yield app.test_client()
    """
    tests = """
        from app import app, db


        def test_page(client):
            with app.app_context():
                assert db.session
    """
    assert changed({"tests/conftest.py": conftest, "tests/test_page.py": tests}) == tidy(
        {
            "tests/conftest.py": """
                import pytest
                from app import create_app, db

                @pytest.fixture
                def app():
                    return create_app({"TESTING": True})


                @pytest.fixture()
                def client(app):
                    with app.app_context():
                        db.create_all()
                    yield app.test_client()
            """,
            "tests/test_page.py": """
                from app import db


                def test_page(client, app):
                    with app.app_context():
                        assert db.session
            """,
        }
    )


def test_tests_without_any_fixture_get_a_conftest() -> None:
    """Tests that use the app by themselves ask for it, and for a client there is a fixture now."""
    tests = """
        from shop.app import app


        def test_page():
            assert app.test_client().get("/").status_code == 200
    """
    assert changed({"tests/test_page.py": tests}, "shop/app.py") == tidy(
        {
            "tests/conftest.py": """
                import pytest

                from shop.app import create_app


                @pytest.fixture(scope="session")
                def app():
                    return create_app()


                @pytest.fixture
                def client(app):
                    return app.test_client()
            """,
            "tests/test_page.py": """


                def test_page(app):
                    assert app.test_client().get("/").status_code == 200
            """.lstrip("\n"),
        }
    ) | {"tests/test_page.py": '\n\ndef test_page(app):\n    assert app.test_client().get("/").status_code == 200\n'}


def test_what_is_done_before_the_import_still_is() -> None:
    """A conftest is imported before the tests: where these set the environment first, it imports the app in the fixture."""
    tests = """
        import os

        os.environ["DATABASE_URL"] = "sqlite://"
        from shop import app


        def test_page():
            app.test_client()
    """
    new = changed({"test_page.py": tests}, "shop/__init__.py")["conftest.py"]
    assert new.startswith("import pytest\n\n\n@pytest.fixture(scope=")
    assert "def app():\n    from shop import create_app\n\n    return create_app()\n" in new


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"""Doc."""\n', '"""Doc."""\n\nimport pytest\nfrom app import create_app\n\n\n@pytest.fixture'),
        ("import pytest\n", "import pytest\nfrom app import create_app\n\n\n@pytest.fixture"),
        ("import os\nX = 1\n", "import os\nimport pytest\nfrom app import create_app\nX = 1\n\n\n@pytest.fixture"),
        ("X = 1", "import pytest\nfrom app import create_app\n\nX = 1\n\n\n@pytest.fixture"),
    ],
)
def test_an_existing_conftest_gets_more(old: str, new: str) -> None:
    """A conftest that does not know the app gets the import below its own and the fixture at its end."""
    tests = "from app import app\n\ndef test_page():\n    app.test_client()\n"
    found = changed({"tests/conftest.py": old, "tests/test_page.py": tests})["tests/conftest.py"]
    assert found.startswith(new)


def test_a_conftest_that_imports_the_app_in_a_fixture_is_its_home() -> None:
    """Imports within functions are taken away, or give the factory."""
    conftest = """
        from pytest import fixture

        @fixture(scope="module")
        def client():
            from app import app
            return app.test_client()

        def pytest_configure():
            pass
    """
    tests = """
        def test_page(client):
            from app import app
            assert app.name

        def test_other():
            from app import app, db
            assert app.name and db
    """
    found = changed({"tests/conftest.py": conftest, "tests/test_page.py": tests})
    assert (
        '@fixture(scope="module")\ndef app():\n    from app import create_app\n\n    return create_app()\n'
        in found["tests/conftest.py"]
    )
    assert "def client(app):\n    return app.test_client()" in found["tests/conftest.py"]
    assert "def test_page(client, app):\n    assert app.name" in found["tests/test_page.py"]
    assert "def test_other(app):\n    from app import db\n    assert app.name and db" in found["tests/test_page.py"]


def test_a_module_that_is_imported_as_such() -> None:
    """``main.app`` is the app too, and the factory is ``main.create_app``."""
    conftest = """
        import pytest
        import main


        @pytest.fixture
        def app():
            main.app.config.from_mapping({"TESTING": True})
            main.cache.clear()
            return main.app
    """
    found = changed({"conftest.py": conftest}, "main.py")["conftest.py"]
    assert found.endswith(
        'def app():\n    app = main.create_app({"TESTING": True})\n    main.cache.clear()\n    return app\n'
    )


def test_a_fixture_that_only_returns_the_app() -> None:
    """It returns what the factory makes."""
    found = changed("import pytest\nfrom app import app as web\n\n@pytest.fixture\ndef app():\n    return web\n")
    assert "def app():\n    return create_app()\n" in found["tests/test_app.py"]


def test_a_fixture_whose_settings_are_its_own_makes_the_app_there() -> None:
    """What a fixture computes for the config stays in it, and the factory is called after that."""
    found = changed(
        """
        import os, tempfile, pytest
        from app import app

        @pytest.fixture
        def client():
            handle, path = tempfile.mkstemp()
            app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:///" + path
            app.config["TESTING"] = True
            with app.test_client() as client:
                yield client
            os.close(handle)
        """
    )["tests/test_app.py"]
    assert (
        "    handle, path = tempfile.mkstemp()\n"
        '    app = create_app({"SQLALCHEMY_DATABASE_URI": "sqlite:///" + path, "TESTING": True})\n'
        "    with app.test_client() as client:\n"
    ) in found


@pytest.mark.parametrize(
    ("statement", "argument"),
    [
        ('app.config["A"] = 1', '{"A": 1}'),
        ("app.config['A'] = 1", "{'A': 1}"),
        ("app.config.update(A=1, B=2)", '{"A": 1, "B": 2}'),
        ("app.config.update({'A': 1}, B=2)", "{'A': 1, \"B\": 2}"),
        ("app.config.update(dict(A=1))", '{"A": 1}'),
        ("app.config.update({**OTHER, 'A': 1})", "{**OTHER, 'A': 1}"),
        ("app.config.update(OTHER, **MORE)", "{**OTHER, **MORE}"),
        ("app.config.from_mapping(A=1)", '{"A": 1}'),
        ("app.config.from_object(Other)", "{**{key: getattr(Other, key) for key in dir(Other) if key.isupper()}}"),
        ("app.testing = True", '{"TESTING": True}'),
        ("app.debug = False", '{"DEBUG": False}'),
        ("app.secret_key = 'x'", "{\"SECRET_KEY\": 'x'}"),
        ("app.config['A'] = 1\n    app.config['A'] = 2", "{'A': 2}"),
    ],
)
def test_the_ways_to_set_the_config(statement: str, argument: str) -> None:
    """Items, update, from_mapping, from_object and the app's own attributes come to one dict."""
    found = changed(
        f"import pytest\nfrom app import app as web\n\n@pytest.fixture\ndef app():\n    {statement}\n".replace(
            "app.", "web."
        )
        + "    yield web\n"
    )["tests/test_app.py"]
    assert f"    web = create_app({argument})\n    yield web\n" in found


@pytest.mark.parametrize(
    "statement",
    [
        "web.config['A'] = web.config['B']",
        "web.config.from_object('settings.Testing')",
        "web.config.from_pyfile('x.cfg')",
        "web.config['A'] += 1",
        "web.logger.disabled = True",
        "web.config.update(A, B)",
        "web.name = other = 1",
        "(web.config['A'], x) = 1, 2",
    ],
)
def test_what_a_dict_cannot_say_stays_behind_the_factory(statement: str) -> None:
    """What reads the app, names an object by text or does anything else is done after the app has been made, as before."""
    found = changed(
        f"import pytest\nfrom app import app as web\n\n@pytest.fixture\ndef app():\n    {statement}\n    yield web\n"
    )
    assert f"    web = create_app()\n    {statement}\n    yield web\n" in found["tests/test_app.py"]


def test_a_value_that_changes_before_the_factory_is_called_stays_behind() -> None:
    """A name that is bound anew between two settings ends what is handed over."""
    found = changed(
        """
        import pytest
        from app import app as web

        @pytest.fixture
        def app():
            path = "a"
            web.config["A"] = path
            path = "b"
            web.config["B"] = path
            return web
        """
    )["tests/test_app.py"]
    assert '    web = create_app({"A": path})\n    path = "b"\n    web.config["B"] = path\n' in found


def test_settings_of_two_fixtures_that_differ_stay_where_they_are() -> None:
    """Only what all agree on is handed to the factory."""
    found = changed(
        """
        import pytest
        from app import app, db

        @pytest.fixture
        def one():
            app.config["A"] = 1
            db.create_all()
            return app.test_client()

        @pytest.fixture
        def two():
            app.config["A"] = 2
            return app.test_client()
        """
    )
    assert "return create_app()\n" in found["tests/conftest.py"]
    assert 'def one(app):\n    app.config["A"] = 1\n' in found["tests/test_app.py"]


def test_what_a_module_sets_at_its_top_goes_to_the_fixture() -> None:
    """A setting at module level is in effect from the beginning too."""
    head = "from app import app\n\napp.config['TESTING'] = True\n\n\n"
    found = changed(
        {
            "tests/test_one.py": f"{head}def test_one():\n    app.test_client()\n",
            "tests/test_two.py": "from app import app\n\n\ndef test_two():\n    app.test_client()\n",
        }
    )
    assert "return create_app({'TESTING': True})" in found["tests/conftest.py"]
    assert "config" not in found["tests/test_one.py"]


def test_parameters_that_are_there() -> None:
    """The fixture is asked for behind what has no default, and before what has one."""
    found = changed(
        """
        import pytest
        from unittest.mock import patch
        from app import app

        @patch("app.send")
        def test_one(send, tmp_path):
            app.name

        def test_two(number=1):
            app.name

        def test_three(*, tmp_path):
            app.name

        class TestFour:
            def test_four(self):
                app.name
        """
    )["tests/test_app.py"]
    for line in (
        "test_one(send, tmp_path, app)",
        "test_two(app, number=1)",
        "test_three(app, *, tmp_path)",
        "test_four(self, app)",
    ):
        assert f"def {line}:" in found


def test_a_test_that_has_the_fixture_already() -> None:
    """It is not asked for twice."""
    found = changed(
        {
            "tests/conftest.py": "import pytest\nfrom app import app as web\n\n@pytest.fixture\ndef app():\n    return web\n",
            "tests/test_a.py": "from app import app as web\n\ndef test_a(app):\n    assert web is app\n",
        }
    )["tests/test_a.py"]
    assert found == "\ndef test_a(app):\n    assert app is app\n"


def test_a_conftest_that_only_sets_the_config() -> None:
    """Its setting goes to the fixture that it gets, with the import of pytest; other functions stay below."""
    tests = "from app import app\n\ndef test_page():\n    app.test_client()\n"
    conftest = "import os\nfrom app import app\n\napp.testing = True\n"
    for below in ("", "\n\ndef pytest_configure():\n    os.x = 1\n"):
        found = changed({"tests/conftest.py": conftest + below, "tests/test_page.py": tests})["tests/conftest.py"]
        assert found.startswith("import os\nfrom app import create_app\nimport pytest\n")
        assert 'def app():\n    return create_app({"TESTING": True})\n' in found
        assert found.rstrip("\n").endswith(below.strip() or "return app.test_client()")


def test_a_fixture_that_only_sets_the_config() -> None:
    """An autouse fixture whose one statement goes does nothing any more but ask for the app."""
    found = changed(
        "import pytest\nfrom app import app\n\n@pytest.fixture(autouse=True)\ndef testing():\n    app.testing = True\n\n"
        "@pytest.fixture(name='web', scope=scope())\ndef _web():\n    return app.test_client()\n"
    )
    assert "def testing(app):\n    pass\n" in found["tests/test_app.py"]
    assert '@pytest.fixture(scope="session")\ndef app():' in found["tests/conftest.py"]


def test_relative_imports_do_not_tell_a_conftest_what_to_import() -> None:
    """Where the tests import the app relatively, the conftest imports it from where the project does."""
    tests = "from ..web import app\n\ndef test_page():\n    app.test_client()\n"
    found = changed({"shop/__init__.py": "", "shop/tests/test_page.py": tests}, "shop/web.py")
    assert "from shop.web import create_app\n" in found["shop/tests/conftest.py"]


def test_modules_that_import_the_apps_module_tell_a_conftest() -> None:
    """``import shop.web`` and ``from shop import web`` both mean ``from shop.web import create_app``."""
    for line, name in (("import shop.web", "shop.web.app"), ("from shop import web", "web.app")):
        tests = f"{line}\n\ndef test_page():\n    {name}.test_client()\n"
        found = changed({"tests/test_page.py": tests}, "shop/web.py")
        assert "from shop.web import create_app\n" in found["tests/conftest.py"]
        assert found["tests/test_page.py"] == f"{line}\n\ndef test_page(app):\n    app.test_client()\n"


def test_a_fixture_that_has_every_name() -> None:
    """Where all good names are taken in a function, its own app gets another."""
    found = changed(
        "import pytest\nimport app as web\n\n@mark\n@pytest.fixture\ndef client(tmp_path):\n    app = flask_app = application = 1\n"
        "    web.app.config['A'] = tmp_path\n    return web.app\n"
    )["tests/test_app.py"]
    assert "    made_app = web.create_app({'A': tmp_path})\n    return made_app\n" in found


def test_a_lone_client_fixture() -> None:
    """Its settings go to the new fixture; what it takes from its own module does not."""
    head = "import pytest\nfrom app import app\n\nURL = 'sqlite://'\n\n"
    one = "@pytest.fixture\ndef client():\n    app.testing = True\n    return app.test_client()\n"
    found = changed({"tests/a/test_one.py": head + one, "tests/b/test_two.py": head + one.replace("True", "True, URL")})
    assert "def client(app):\n    return app.test_client()" in found["tests/a/test_one.py"]
    assert "def client(app):\n    app.testing = True, URL\n" in found["tests/b/test_two.py"]
    assert 'return create_app({"TESTING": True})' in found["tests/conftest.py"]
    assert "def client(app):\n    return app.test_client()" in changed(head + one)["tests/test_app.py"]


def test_modules_that_take_the_app_from_each_other() -> None:
    """Test modules that hand the app on, even in a circle, take no app any more; the conftest imports it from its module."""
    found = changed(
        {
            "tests/a.py": "from tests.b import app\n\ndef test_a():\n    app.name\n",
            "tests/b.py": "from tests.a import app\nfrom app import app\n\ndef test_b():\n    x = lambda: app.name\n",
            "tests/c.py": "from app import *\n\n@mark\ndef test_c(apps):\n    apps\n\n# app\n",
        }
    )
    assert found["tests/b.py"] == "\ndef test_b(app):\n    x = lambda: app.name\n"
    assert "from app import create_app\n" in found["tests/conftest.py"]


def test_a_name_that_another_function_has_imported() -> None:
    """An import within one function gives the app to no other function."""
    found = changed("def test_a():\n    from app import app\n    app\n\n@skip\ndef test_b():\n    app.name\n")
    assert found["tests/test_app.py"] == "def test_a(app):\n    app\n\n@skip\ndef test_b():\n    app.name\n"


def test_letters_of_other_alphabets() -> None:
    """Columns count bytes, and the text does not."""
    found = changed(
        "import pytest\nfrom app import app as w\n\n@pytest.fixture\ndef app():\n    x = 'äöü', w.name; return w\n"
    )
    assert "    x = 'äöü', w.name; return w\n" in found["tests/test_app.py"]


def test_the_scope_of_the_fixtures_that_ask() -> None:
    """The new app lives as long as the fixture that needs it longest."""
    found = changed(
        """
        import pytest
        from app import app

        @pytest.fixture(scope="session")
        def client():
            return app.test_client()

        @pytest.fixture(scope="module")
        def runner():
            return app.test_cli_runner()
        """
    )["tests/conftest.py"]
    assert '@pytest.fixture(scope="session")\ndef app():' in found


# unittest


def test_a_test_case_makes_its_app_in_set_up() -> None:
    """``setUp`` calls the factory with what it has set, and all methods use the instance's app."""
    tests = """
        import unittest
        from app import app, db


        class PageTest(unittest.TestCase):
            def setUp(self):
                app.config["TESTING"] = True
                self.client = app.test_client()

            def tearDown(self):
                with app.app_context():
                    db.drop_all()
    """
    assert changed(tests)["tests/test_app.py"] == textwrap.dedent(
        """\
        import unittest
        from app import create_app, db


        class PageTest(unittest.TestCase):
            def setUp(self):
                self.app = create_app({"TESTING": True})
                self.client = self.app.test_client()

            def tearDown(self):
                with self.app.app_context():
                    db.drop_all()
        """
    )


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        # what is there already is used
        ("def setUp(self):\n    self.web = app", "def setUp(self):\n    self.web = create_app()"),
        (
            "def setUp(self):\n    app.testing = True\n    self.web = app",
            'def setUp(self):\n    self.web = create_app({"TESTING": True})',
        ),
        (
            "def setUp(self):\n    app.logger.disabled = True\n    self.web = app",
            "def setUp(self):\n    self.web = create_app()\n    self.web.logger.disabled = True",
        ),
        (
            "def setUp(self):\n    app.testing = True\n    app.config['A'] = len('b')\n    self.x = app",
            "def setUp(self):\n    self.x = create_app({\"TESTING\": True, 'A': len('b')})",
        ),
        # a name that is taken
        (
            "def setUp(self):\n    self.app = app.test_client()",
            "def setUp(self):\n    self.flask_app = create_app()\n    self.app = self.flask_app.test_client()",
        ),
        # no set-up, or one without the app
        (
            'def test_a(self):\n    """Say so."""\n    app.name',
            'def setUp(self):\n    self.app = create_app()\n\ndef test_a(self):\n    """Say so."""\n    self.app.name',
        ),
        (
            "def setUp(self):\n    'Doc.'\n    self.x = 1\ndef test_a(self):\n    app.name",
            "def setUp(self):\n    'Doc.'\n    self.app = create_app()\n    self.x = 1\ndef test_a(self):\n    self.app.name",
        ),
        (
            "def setUp(self):\n    super().setUp()\n    self.x = 1\ndef test_a(self):\n    app.name",
            "def setUp(self):\n    super().setUp()\n    self.app = create_app()\n    self.x = 1\ndef test_a(self):\n    self.app.name",
        ),
        # once for the class
        (
            "@classmethod\ndef setUpClass(cls):\n    cls.client = app.test_client()\ndef test_a(self):\n    app.name",
            (
                "@classmethod\ndef setUpClass(cls):\n    cls.app = create_app()\n    cls.client = cls.app.test_client()\n"
                "def test_a(self):\n    self.app.name"
            ),
        ),
        # Flask-Testing
        (
            "def create_app(self):\n    app.config['A'] = 1\n    return app\ndef test_a(self):\n    app.name",
            "def create_app(self):\n    self.app = create_app({'A': 1})\n    return self.app\ndef test_a(self):\n    self.app.name",
        ),
    ],
)
def test_where_a_class_makes_its_app(body: str, expected: str) -> None:
    """In the method that sets it up, under the name that it has or a free one, before the app is first used."""
    head = "import unittest\nfrom app import app\n\nclass T(unittest.TestCase):\n"
    found = changed(head + textwrap.indent(body, "    ") + "\n")["tests/test_app.py"]
    assert found == head.replace("import app", "import create_app") + textwrap.indent(expected, "    ") + "\n"


def test_a_class_whose_base_makes_the_app() -> None:
    """Subclasses in other modules use the app of the base that sets them up."""
    base = """
        from unittest import TestCase
        from app import app

        class Base(TestCase):
            def setUp(self):
                self.client = app.test_client()
    """
    tests = """
        from .base import Base, app

        class PageTest(Base):
            def setUp(self):
                super().setUp()
                app.config["A"] = 1

            def test_page(self):
                assert app.name

        class OwnTest(Base):
            def test_page(self):
                assert app.name
    """
    found = changed({"tests/base.py": base, "tests/test_page.py": tests})
    assert "self.app = create_app()\n        self.client = self.app.test_client()" in found["tests/base.py"]
    assert found["tests/test_page.py"].startswith("from .base import Base\n")
    assert '        self.app.config["A"] = 1\n' in found["tests/test_page.py"]
    assert found["tests/test_page.py"].count("assert self.app.name") == 2


def test_a_new_set_up_calls_that_of_the_base() -> None:
    """Where a base in the suite does not use the app, a subclass that does sets itself up after it."""
    found = changed(
        """
        from unittest import TestCase
        from app import app

        class Base(TestCase):
            def setUp(self):
                self.x = 1

        class PageTest(Base):
            def test_page(self):
                assert app.name

        def test_plain():
            pass
        """
    )["tests/test_app.py"]
    assert (
        "    def setUp(self):\n        super().setUp()\n        self.app = create_app()\n\n    def test_page(self):"
        in found
    )


def test_a_suite_of_both_kinds() -> None:
    """Test cases make their apps, and functions ask for the fixture."""
    found = changed(
        """
        import unittest
        from app import app

        class T(unittest.TestCase):
            def test_a(self):
                assert app.name

        def test_b():
            assert app.name
        """
    )
    assert "self.app = create_app()" in found["tests/test_app.py"]
    assert "def test_b(app):" in found["tests/test_app.py"]


# at the top of a lone module


def test_a_lone_module_makes_the_app_at_its_top() -> None:
    """Where helpers or the module itself use the app, a suite of one module makes it in the place of the imported one."""
    tests = """
        import pytest
        from app import app, db
        import json

        app.config["TESTING"] = True
        app.config["A"] = 1
        client = app.test_client()


        def helper():
            with app.app_context():
                return db


        @pytest.fixture
        def other():
            app.config["B"] = json.dumps(1)
            return app.test_client()


        @pytest.fixture
        def third(tmp_path):
            app.config["C"] = tmp_path
            return app.test_client()


        def test_page():
            app.config["TESTING"] = True
    """
    found = changed(tests)["tests/test_app.py"]
    assert found.startswith(
        "import pytest\nfrom app import create_app, db\nimport json\n\n"
        'app = create_app({"TESTING": True, "A": 1, "B": json.dumps(1)})\nclient = app.test_client()\n'
    )
    assert "def other():\n    return app.test_client()" in found
    assert 'app.config["C"] = tmp_path' in found
    assert 'def test_page():\n    app.config["TESTING"] = True\n' in found


def test_a_lone_module_without_settings() -> None:
    """The app is made below the imports."""
    tests = "from app import app\nimport os\n\n\ndef helper():\n    return app\n"
    assert changed(tests)["tests/test_app.py"] == (
        "from app import create_app\nimport os\n\napp = create_app()\n\n\ndef helper():\n    return app\n"
    )


def test_fixtures_of_a_lone_module_that_differ_keep_their_settings() -> None:
    """Two values for one key cannot both be in effect from the beginning."""
    tests = (
        "import pytest\nfrom app import app\n\ndef helper():\n    return app\n\n"
        "@pytest.fixture\ndef one():\n    app.testing = True\n    return helper()\n\n"
        "@pytest.fixture\ndef two():\n    app.testing = False\n    return helper()\n"
    )
    found = changed(tests)["tests/test_app.py"]
    assert 'app = create_app({"TESTING": True})' in found
    assert "app.testing = False" in found


# suites that stay as they are

HELPER = "from app import app\n\ndef helper():\n    return app\n"


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({"tests/a_test.py": HELPER, "tests/b_test.py": HELPER}, "which is neither test nor fixture"),
        ({"tests/a.py": "from app import app\nclient = app.test_client()\n", "tests/b.py": HELPER}, "neither test nor"),
        (
            {
                "tests/test_a.py": "from app import app\nclient = app.test_client()\n",
                "tests/test_b.py": "from app import app\ndef test_b():\n    app\n",
            },
            "uses the app while the module is imported",
        ),
        ({"tests/test_a.py": "from app import *\n\ndef test_a():\n    app.name\n"}, "imports everything"),
        ({"tests/test_a.py": "from app import app\n\ndef app():\n    return app\n"}, "binds `app` anew"),
        ({"tests/test_a.py": "from app import app\n\ndef test_(:\n"}, "cannot be read"),
        (
            {"tests/test_a.py": "def test_a():\n    import app\n    def inner(): return app.app\n    test_a()\n"},
            "calls `test_a()` itself",
        ),
        (
            {
                "tests/conftest.py": "import pytest\nfrom app import app as web\n\n@pytest.fixture\ndef app():\n    return web\n",
                "tests/test_a.py": "import pytest\nfrom app import app\n\n@pytest.fixture(scope='module')\ndef client():\n    return app.test_client()\n",
            },
            "lives longer than the app of the fixture `app`",
        ),
        (
            {
                "tests/conftest.py": "import pytest\nfrom app import app as web\n\n@pytest.fixture\ndef app():\n    return web\n",
                "tests/test_a.py": "from app import app as web\n\ndef test_a():\n    app = 1\n    assert web\n",
            },
            "has another use for the name `app`",
        ),
        (
            {
                "tests/conftest.py": "import pytest\nfrom app import app as web\n\n@pytest.fixture\ndef app():\n    return web\n",
                "tests/test_a.py": "from app import app as web\n\nweb.testing = True\n",
            },
            "sets the config of an app that is made elsewhere",
        ),
        (
            {
                "tests/test_a.py": "from app import app\nX = 1\napp.config['X'] = X\ndef test_a():\n    app\n",
                "tests/test_b.py": "from app import app\ndef test_b():\n    app\n",
            },
            "sets the config to what only this module has",
        ),
        (
            {
                "tests/test_a.py": "from hypothesis import given\nfrom app import app\n\n@given(st.text())\ndef test_a(text):\n    app\n",
                "tests/test_b.py": "from app import app\ndef test_b():\n    app\n",
            },
            "has parameters that are filled by their position",
        ),
        (
            {
                "tests/test_a.py": "from app import app\n\ndef test_a():\n    app\n",
                "tests/test_b.py": "import pytest\nfrom app import app\n\n@pytest.mark.skipif(app.debug, reason='')\ndef test_b():\n    pass\n",
            },
            "uses the app before the function is called",
        ),
        (
            {
                "tests/test_a.py": "from app import app\n\ndef test_a():\n    app\n",
                "tests/test_b.py": "from app import app\n\nif app:\n    def test_b():\n        app\n",
            },
            "uses the app",
        ),
        (
            {
                "tests/test_a.py": "from app import app\n\nclass A:\n    class TestB:\n        def test_b(self):\n            app\n",
            },
            "uses the app in a class within something else",
        ),
        (
            {
                "tests/test_a.py": "from app import app\n\napp.testing = True; x = 1\n\ndef test_a():\n    app\n",
                "tests/test_b.py": "from app import app\n\ndef test_b():\n    app\n",
            },
            "shares its line with another statement",
        ),
        (
            {
                "tests/conftest.py": "import pytest\n"
                + "".join(
                    f"@pytest.fixture\ndef {name}():\n    pass\n" for name in ("app", "flask_app", "application")
                ),
                "tests/test_a.py": "from app import app\n\ndef test_a():\n    app\n",
                "tests/test_b.py": "from app import app\n\ndef test_b():\n    app\n",
            },
            "has no name left for a fixture of the app",
        ),
    ],
)
def test_a_suite_that_cannot_be_rewritten_stays(files: dict[str, str], why: str) -> None:
    """A suite keeps every line, and the app its old name, where one use of the app cannot be followed; the place is told."""
    reason = kept(files)
    assert why in reason
    assert reason.startswith("`tests/")


CASE = "import unittest\nfrom app import app\n\n\nclass T(unittest.TestCase):\n"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("client = app.test_client()", "uses the app while the class is defined"),
        ("@staticmethod\ndef make():\n    return app", "where there is no instance of the class"),
        (
            "def setUp(self):\n    self.client = app.test_client()\n@classmethod\ndef tearDownClass(cls):\n    app.name",
            "where there is no instance of the class",
        ),
        (
            "def setUp(self):\n    self.app = self.flask_app = self.application = app.test_client()",
            "has no name left for its app",
        ),
        ("def setUp():\n    app.name", "sets up without an instance of the class"),
    ],
)
def test_classes_that_cannot_have_an_app_of_their_own(body: str, why: str) -> None:
    """A class that uses the app without an instance, or has no name for it, keeps the whole suite as it is."""
    files = {
        "tests/test_a.py": CASE + textwrap.indent(body, "    ") + "\n",
        "tests/test_b.py": CASE + "    def test_b(self):\n        app\n",
    }
    assert why in kept(files)


def test_a_class_that_uses_the_app_before_its_base_has_one() -> None:
    """What stands before ``super().setUp()`` has no app yet."""
    assert "before the class above has made one" in kept(
        {
            "tests/base.py": CASE.replace("T(", "Base(")
            + "    def setUp(self):\n        self.client = app.test_client()\n",
            "tests/test_a.py": "from tests.base import Base\nfrom app import app\n\nclass T(Base):\n"
            "    def setUp(self):\n        app.config['A'] = 1\n        super().setUp()\n",
        }
    )


def test_a_class_that_makes_its_own_app_needs_the_factory() -> None:
    """A module that has the app from another test module cannot import the factory from there."""
    assert "needs an app of its own" in kept(
        {
            "tests/base.py": CASE.replace("T(", "Base(")
            + "    def setUp(self):\n        self.client = app.test_client()\n",
            "tests/test_a.py": "import unittest\nfrom tests.base import app\n\nclass T(unittest.TestCase):\n"
            "    def test_a(self):\n        app\n",
        }
    )


def test_a_context_that_the_module_has_pushed() -> None:
    """Tests that run in a context that the module pushes at import need the app that it pushed."""
    found = suite({"app.py": APP + "app.app_context().push()\n", "tests/test_a.py": HELPER}, "app.py", "app")
    assert (found.stays, found.reason) == (True, "`app.py:6` pushes a context in which the tests run")


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"tests/test_a.py": "from app import db\n\n\ndef test_a(app):\n    app\n"},
        {"tests/test_a.py": "from other import app\n\n\ndef test_a():\n    app\n"},
        {"tests/test_a.py": "from app import app\n"},
        {"tests/test_a.py": "import app\n\n\ndef test_a():\n    app.main()\n"},
        {"tests/test_a.py": "from app import app\n\n\ndef test_a(app):\n    app\n"},
        {"tests/test_a.py": "def test_a(app):\n    app.name\n"},
        {"views.py": "from app import app\n\n\ndef view():\n    app\n"},
    ],
)
def test_tests_that_do_not_use_the_app_are_left_alone(files: dict[str, str]) -> None:
    """Other modules, other names, parameters and files outside the tests do not matter."""
    assert made(files) == Suite({})


class _Plan(NamedTuple):
    module: str
    app: str
    factory: str


def test_a_plan_is_enough() -> None:
    """What the conversion calls gives the same texts."""
    files = tidy({"app.py": APP, "tests/test_a.py": "from app import app\n\ndef test_a():\n    app\n"})
    assert rewritten(project(files), files, _Plan("app.py", "app", "create_app")) == suite(files, "app.py", "app").files


# run

FACTORY = """
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

db = SQLAlchemy()


class Item(db.Model):
    id = db.Column(db.Integer, primary_key=True)


def create_app(config=None):
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:////nowhere/that/exists.db"
    app.config.update(config or {})
    db.init_app(app)
    app.add_url_rule("/", "count", lambda: str(db.session.query(Item).count()))
    return app
"""
RUN = {
    "conftest.py": """
        import pytest
        from shop import app, db


        @pytest.fixture
        def client():
            app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
            app.config["TESTING"] = True
            with app.app_context():
                db.create_all()
            yield app.test_client()
    """,
    "test_functions.py": """
        from shop import Item, app, db


        def add():
            db.session.add(Item())
            db.session.commit()


        def test_items(client):
            with app.app_context():
                add()
            assert client.get("/").text == "1"


        def test_alone(client):
            assert client.get("/").text == "0"
    """,
    "test_classes.py": """
        import unittest
        from shop import app, db


        class PageTest(unittest.TestCase):
            def setUp(self):
                app.config.update(SQLALCHEMY_DATABASE_URI="sqlite://")
                with app.app_context():
                    db.create_all()

            def test_page(self):
                assert app.test_client().get("/").text == "0"
    """,
}


def test_the_rewritten_suite_runs_on_its_own_database(tmp_path: Path) -> None:
    """What could only be set too late is in effect: the tests pass although the configured database cannot be opened."""
    texts = {"shop.py": "app = db = None\n", **tidy(RUN)}
    for path, text in (texts | suite(texts, "shop.py", "app").files | {"shop.py": FACTORY}).items():
        (tmp_path / path).write_text(text)
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "-c",
            "/dev/null",
            "--rootdir",
            str(tmp_path),
            str(tmp_path),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "3 passed" in done.stdout, done.stdout
