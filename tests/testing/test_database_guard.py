from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import MetaData

from keck.testing.database import Guard
from keck.testing.replacing import Replaced
from tests.testing.conftest import Suite

if TYPE_CHECKING:
    from tests.service.servers.postgres import Postgres

FIXTURE = """
    import pytest
    from shop import create_app, db

    @pytest.fixture
    def app():
        app = create_app()
        app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:///test.db"
        yield app
        with app.app_context():
            db.drop_all()

    def test_index(app):
        assert app.test_client().get("/").status_code == 200
"""


def body(text: str) -> str:
    """Return a module with one test of these statements."""
    head = "import pytest, os, sqlalchemy\nfrom shop import *\n\ndef test_it(tmp_path, monkeypatch):\n"
    return head + textwrap.indent(textwrap.dedent(text).strip("\n"), "    ")


def test_error_refuses_before_anything_is_touched(suite: Suite) -> None:
    """Switched on, `drop_all()` on the real database is refused: its rows are there, and nothing new is on the disk."""
    before = {path.name for path in suite.folder.iterdir()} | {"test_shop.py", "__pycache__", "pyproject.toml"}
    suite.pytester.makepyprojecttoml('[tool.pytest.ini_options]\naddopts = "--strict-config"\nkeck_database = "error"')
    result = suite.run(FIXTURE)
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*Keck refuses it: drop_all() would drop the tables of sqlite:///*/real.db, while*"])
    result.stdout.fnmatch_lines(["*while the config of `shop` now names sqlite:///*/instance/test.db. The engine was*"])
    assert suite.rows() == 3
    assert {path.name for path in suite.folder.iterdir()} <= before


def test_warning_when_autoloaded(suite: Suite) -> None:
    """Without settings the call goes on, and the summary has a warning with the line that called."""
    result = suite.run(FIXTURE)
    result.assert_outcomes(passed=1, warnings=1)
    result.stdout.fnmatch_lines(["*test_shop.py:10: WrongDatabase: drop_all() would drop the tables of sqlite:*"])
    assert suite.rows() == -1


def test_off(suite: Suite) -> None:
    """Switched off, nothing is said and nothing is done."""
    result = suite.run(FIXTURE, "--keck-database=off")
    result.assert_outcomes(passed=1)
    assert suite.rows() == -1


def test_suite_that_makes_errors_of_warnings(suite: Suite) -> None:
    """Where warnings are errors this one is too, and it comes before anything is touched."""
    suite.run(FIXTURE, "-Werror").assert_outcomes(passed=1, errors=1)
    assert suite.rows() == 3


def test_suite_that_ignores_the_warning(suite: Suite) -> None:
    """The warning has a class of its own that a filter can name."""
    suite.run(FIXTURE, "-Wignore::keck.testing.WrongDatabase").assert_outcomes(passed=1)


def test_command_line_goes_first(suite: Suite) -> None:
    """The option of the command line wins over the configuration."""
    suite.pytester.makeini("[pytest]\nkeck_database = off")
    suite.run(FIXTURE, "--keck-database=error").assert_outcomes(passed=1, errors=1)


@pytest.mark.parametrize("name", ["database", "context"])
def test_unknown_mode(suite: Suite, name: str) -> None:
    """A mode that is none is a usage error."""
    suite.pytester.makeini(f"[pytest]\nkeck_{name} = eror")
    result = suite.run(FIXTURE)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"*keck_{name} in pytest's configuration must be one of error, warn, off, not 'eror'"])


def test_unittest(suite: Suite) -> None:
    """A unittest.TestCase that pytest runs is guarded too."""
    test = """
        import unittest
        from shop import create_app, db

        class ShopTest(unittest.TestCase):
            def setUp(self):
                self.app = create_app()
                self.app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
                self.context = self.app.app_context()
                self.context.push()
                self.addCleanup(self.context.pop)
                db.drop_all()

            def test_it(self):
                pass
    """
    suite.run(test, "--keck-database=error").assert_outcomes(failed=1)
    assert suite.rows() == 3


def test_app_of_the_conftest_module(suite: Suite) -> None:
    """An app that conftest.py makes while it is imported is known; so is a call right there."""
    suite.pytester.makeconftest("""
        import pytest
        from shop import create_app, db
        from keck.testing import WrongDatabase
        app = create_app()
        app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
        with app.app_context(), pytest.raises(WrongDatabase):
            db.drop_all()
    """)
    test = """
        from conftest import app, db
        def test_it():
            with app.app_context():
                db.drop_all()
    """
    suite.run(test, "--keck-database=error").assert_outcomes(failed=1)
    assert suite.rows() == 3


def test_extension_that_a_fixture_imports_first(suite: Suite) -> None:
    """In a process where nothing has imported Flask-SQLAlchemy before the fixture does, the first call is guarded."""
    test = """
        import sys, pytest
        def test_it():
            assert "sqlalchemy" not in sys.modules and "flask" not in sys.modules
            from shop import create_app, db
            from importlib.machinery import SourceFileLoader
            module = sys.modules["flask_sqlalchemy"]
            assert type(module.__loader__) is SourceFileLoader and "exec_module" not in vars(module.__loader__)
            app = create_app()
            app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
            with app.app_context():
                db.drop_all()
    """
    result = suite.run(test, "--keck-database=error", apart=True)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*WrongDatabase: Keck refuses it: *"])
    assert suite.rows() == 3


def test_app_older_than_the_run(suite: Suite) -> None:
    """An app that a script has made before it starts pytest is known all the same."""
    suite.pytester.makepyfile(
        run="""
            import sys, pytest, shop
            app = shop.create_app()
            app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
            sys.exit(pytest.main(["--keck-database=error", "-pno:cacheprovider"]))
        """,
        test_shop="""
            import __main__ as main
            def test_it():
                with main.app.app_context():
                    main.shop.db.drop_all()
        """,
    )
    suite.pytester.runpython(Path("run.py")).assert_outcomes(failed=1)
    assert suite.rows() == 3


def test_nothing_is_imported_for_a_suite_without_flask(suite: Suite) -> None:
    """Where nobody imports Flask the plugin brings four small modules, and none of Flask's or SQLAlchemy's."""
    test = """
        import sys
        def test_it():
            ours = {name for name in sys.modules if name.partition(".")[0] == "keck"}
            assert ours == {"keck", "keck.pytest_plugin", "keck.testing", "keck.testing.arrival"}
            assert not {"flask", "sqlalchemy", "flask_sqlalchemy", "msgspec", "click", "rich"} & set(sys.modules)
    """
    suite.run(test, apart=True).assert_outcomes(passed=1)


def test_everything_is_put_back(suite: Suite) -> None:
    """After the run the methods are what they were, and the import system too."""
    before = MetaData.drop_all, MetaData.create_all, list(sys.meta_path)
    suite.run(FIXTURE)
    assert (MetaData.drop_all, MetaData.create_all, list(sys.meta_path)) == before


def test_keck_has_the_plugin_not_loaded_in_its_own_suite(request: pytest.FixtureRequest) -> None:
    """In the suite of Keck the plugin is blocked, so that what it imports is measured."""
    assert not request.config.pluginmanager.hasplugin("keck")


@pytest.mark.parametrize("options", [[], ["-pno:keck"]])
def test_suite_that_also_runs_without_keck(suite: Suite, options: list[str]) -> None:
    """A suite whose conftest.py knows the options where the plugin is missing passes with --strict-config either way."""
    suite.pytester.makeini("[pytest]\naddopts = --strict-config\nkeck_database = error\nkeck_context = error")
    suite.pytester.makeconftest("""
        def pytest_addoption(parser, pluginmanager):
            if not pluginmanager.hasplugin("keck"):
                for name in ("keck_database", "keck_context"):
                    parser.addini(name, "Keck reads it")
    """)
    suite.run("def test_it(): pass", *options).assert_outcomes(passed=1)


FIRES = {
    "create_all": """
        app = create_app()
        app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
        with app.app_context():
            db.create_all()
    """,
    "metadata with an engine": """
        app = create_app()
        app.config.update(SQLALCHEMY_DATABASE_URI="sqlite://")
        with app.app_context():
            db.metadata.drop_all(db.engine)
    """,
    "metadata with a connection": """
        app = create_app()
        app.config.update(SQLALCHEMY_DATABASE_URI="sqlite://")
        with app.app_context(), db.engine.begin() as connection:
            db.metadata.drop_all(bind=connection)
    """,
    "metadata with the session's connection": """
        app = create_app()
        app.config.update(SQLALCHEMY_DATABASE_URI="sqlite://")
        with app.app_context():
            db.metadata.drop_all(db.session.connection())
    """,
    "engine with other options": """
        app = create_app()
        app.config.update(SQLALCHEMY_DATABASE_URI="sqlite://")
        with app.app_context():
            db.metadata.drop_all(db.engine.execution_options(isolation_level="AUTOCOMMIT"))
    """,
    "somebody else's tables on the engine": """
        app = create_app()
        app.config.update(SQLALCHEMY_DATABASE_URI="sqlite://")
        with app.app_context():
            metadata = sqlalchemy.MetaData()
            metadata.reflect(db.engine)
            metadata.drop_all(db.engine)
    """,
    "subclass with a drop_all of its own": """
        own = Own()
        app = create_app(bind=own)
        app.config.update(SQLALCHEMY_DATABASE_URI="sqlite://")
        with app.app_context():
            own.drop_all()
    """,
    "db made with its app": """
        app = Flask("other")
        app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:///" + os.path.abspath("real.db")
        own = SQLAlchemy(app)
        app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
        with app.app_context():
            own.metadata.drop_all(own.engine)
    """,
    "bind": """
        app = create_app()
        app.config["SQLALCHEMY_BINDS"] = {"log": "sqlite:///test-log.db"}
        with app.app_context():
            db.drop_all("log")
    """,
    "bind as a dict": """
        app = create_app(binds={"log": {"url": "sqlite:///" + os.path.abspath("log.db")}})
        app.config["SQLALCHEMY_BINDS"]["log"] = {"url": "sqlite://", "echo": False}
        with app.app_context():
            db.drop_all(bind_key=["log"])
    """,
    "url among the engine's options": """
        app = create_app(None, SQLALCHEMY_ENGINE_OPTIONS={"url": "sqlite:///" + os.path.abspath("real.db")})
        app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"url": "sqlite://"}
        with app.app_context():
            db.drop_all()
    """,
    "default engine by a bind without a name": """
        app = create_app(None, {None: "sqlite:///" + os.path.abspath("real.db"), "log": "sqlite://"})
        app.config["SQLALCHEMY_BINDS"] = {None: "sqlite://", "log": "sqlite://"}
        with app.app_context():
            db.drop_all()
    """,
    "second app of a factory": """
        right = create_app("sqlite://", {"log": "sqlite://"})
        wrong = create_app()
        wrong.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
        with right.app_context():
            db.create_all()
            db.drop_all()
        with wrong.app_context():
            db.drop_all()
    """,
    "engine of another app": """
        wrong = create_app()
        wrong.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
        with wrong.app_context():
            engine = db.engine
        with create_app("sqlite://").app_context():
            db.metadata.drop_all(engine)
    """,
    "other instance folder's file of the same name": """
        app = create_app("sqlite:///test.db", {"log": "sqlite://"})
        app.instance_path = str(tmp_path)
        with app.app_context():
            db.drop_all()
    """,
}


@pytest.mark.parametrize("case", FIRES)
def test_fires(suite: Suite, case: str) -> None:
    """Each way to another database than the config's is refused, and the rows stay."""
    result = suite.run(body(FIRES[case]), "--keck-database=error")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*WrongDatabase: Keck refuses it: *"])
    assert (suite.rows(), suite.rows("log.db", "event")) == (3, 3)


SILENT = {
    "config before the app": 'app = create_app("sqlite:///test.db", {"log": "sqlite://"})',
    "nothing overridden": "app = create_app()",
    "set to what it was": """
        app = create_app()
        app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:///" + os.path.abspath("real.db")
    """,
    "relative, then absolute": """
        app = create_app("sqlite:///test.db")
        app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:///" + os.path.join(app.instance_path, "test.db")
    """,
    "a way round": """
        app = create_app("sqlite:///" + str(tmp_path / "test.db"))
        app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{tmp_path}/../{tmp_path.name}/test.db"
    """,
    "a URL instead of a text": """
        app = create_app("sqlite:///test.db")
        app.config["SQLALCHEMY_DATABASE_URI"] = sqlalchemy.make_url("sqlite+pysqlite:///test.db")
    """,
    "memory in other words": """
        app = create_app("sqlite://", {"log": "sqlite:///:memory:"})
        app.config.update(SQLALCHEMY_DATABASE_URI="sqlite:///:memory:", SQLALCHEMY_BINDS={"log": {"url": "sqlite://"}})
    """,
    "a file as a URI": """
        app = create_app("sqlite:///file:test.db?uri=true")
        app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///file:{app.instance_path}/test.db?uri=true"
    """,
    "other engine options": """
        app = create_app("sqlite:///test.db")
        app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"echo": True}
    """,
    "options that are none": """
        app = create_app("sqlite:///test.db")
        app.config["SQLALCHEMY_ENGINE_OPTIONS"] = None
    """,
    "engine replaced by hand": """
        app = create_app()
        with app.app_context():
            db.engines[None] = sqlalchemy.create_engine("sqlite://")
            db.engines["log"] = sqlalchemy.create_engine("sqlite://")
    """,
    "engine replaced by hand, and the config too": """
        app = create_app()
        app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
        with app.app_context():
            db.engines[None] = sqlalchemy.create_engine("sqlite:///other.db")
            db.engines["log"] = sqlalchemy.create_engine("sqlite://")
    """,
    "engines replaced by a patch": """
        app = create_app()
        app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:///test.db"
        memory = sqlalchemy.create_engine("sqlite://")
        monkeypatch.setattr(SQLAlchemy, "engines", {None: memory, "log": memory})
    """,
    "bound again after the change": """
        app = create_app()
        app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
        del app.extensions["sqlalchemy"]
        app._got_first_request = False
        db.init_app(app)
    """,
    "the config names nothing now": """
        app = create_app()
        del app.config["SQLALCHEMY_DATABASE_URI"]
    """,
    "the config names what cannot be read": """
        app = create_app()
        app.config["SQLALCHEMY_DATABASE_URI"] = "test database"
    """,
    "binds that cannot be read": """
        app = create_app()
        app.config["SQLALCHEMY_BINDS"] = "sqlite://"
    """,
    "url of the object itself": """
        own = SQLAlchemy(engine_options={"url": "sqlite://"})
        with create_app(None, {"log": {"echo": False}}, bind=own).app_context():
            own.drop_all()
            own.metadata.drop_all(own.engines["log"])
        app = create_app()
    """,
    "several apps, each with its own": """
        app = create_app("sqlite://", {"log": "sqlite://"})
        other = create_app("sqlite:///other.db", {"log": "sqlite:///other-log.db"})
        with other.app_context():
            db.create_all()
            db.drop_all()
            db.metadata.drop_all(bind=db.engine)
    """,
    "another app's engine, which is right": """
        app = create_app("sqlite://")
        with create_app("sqlite:///other.db").app_context():
            engine = db.engine
        with app.app_context():
            db.metadata.create_all(engine)
    """,
    "an engine of the test's own": """
        app = create_app()
        app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
        db.metadata.create_all(sqlalchemy.create_engine("sqlite://"))
        with app.app_context():
            return
    """,
    "a mock engine": """
        app = create_app()
        statements = []
        engine = sqlalchemy.create_mock_engine("sqlite://", lambda sql, *a, **k: statements.append(sql))
        db.metadata.create_all(engine, checkfirst=False)
        assert statements
    """,
    "a stand-in for an engine": """
        class Engine:
            __hash__ = None
            def _run_ddl_visitor(self, *args, **kwargs):
                self.asked = True
        engine = Engine()
        engine.engine = engine
        db.metadata.drop_all(engine)
        assert engine.asked
        return
    """,
    "only the bind that is right": """
        app = create_app()
        app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:///test.db"
        with app.app_context():
            db.create_all("log")
            db.create_all(bind_key=["log"])
        return
    """,
    "an app that is gone": """
        app = create_app()
        app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
        with app.app_context():
            engine = db.engine
        import gc
        del app
        gc.collect()
        db.metadata.create_all(engine)
        return
    """,
}


@pytest.mark.parametrize("case", SILENT)
def test_stays_silent(suite: Suite, case: str) -> None:
    """No database but the config's is reached, or it cannot be known, or it is meant: nothing is said."""
    calls = "\nwith app.app_context():\n    db.create_all()\n    db.drop_all()\n"
    result = suite.run(body(textwrap.dedent(SILENT[case]) + calls), "--keck-database=error")
    result.assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("call", "error"),
    [
        ("db.drop_all()", "*Working outside of application context*"),
        ("with create_app('sqlite://', {}).app_context(): db.drop_all()", "*Bind key 'log' is not in*"),
        ("with Flask('bare').app_context(): db.drop_all()", "*not registered with this 'SQLAlchemy'*"),
        ("db.metadata.drop_all()", "*missing 1 required positional argument: 'bind'*"),
        ("db.metadata.drop_all(None)", "*NoneType*"),
        ("db.metadata.drop_all({})", "*dict*"),
    ],
)
def test_errors_are_those_of_the_library(suite: Suite, call: str, error: str) -> None:
    """A call that could not work anyway fails as it does without the plugin."""
    result = suite.run(body(call), "--keck-database=error")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([error])


def test_every_bind_is_looked_at_before_the_first_is_dropped(suite: Suite) -> None:
    """Where one of the binds is wrong, the tables of the others stay too."""
    test = """
        app = create_app("sqlite:///" + os.path.abspath("real.db"))
        app.config["SQLALCHEMY_BINDS"] = {"log": "sqlite://"}
        with app.app_context():
            db.drop_all()
    """
    result = suite.run(body(test), "--keck-database=error")
    result.stdout.fnmatch_lines(["*names a database in memory for the bind `log`. The engine*"])
    assert (suite.rows(), suite.rows("log.db", "event")) == (3, 3)


SECRET = "hunter2"  # noqa: S105 - no real one


@pytest.mark.parametrize(
    ("then", "now", "said"),
    [
        (
            f"postgresql+psycopg://ann:{SECRET}@db/shop",
            "postgresql+psycopg://ann@db/test",
            "*@db/shop, while*db/test.*",
        ),
        (f"postgresql+psycopg://ann:{SECRET}@db/shop", "postgresql+psycopg://ann:other@db/shop", "*passwords differ*"),
        (f"postgresql+psycopg://db/shop?password={SECRET}", "sqlite://", "*[?]password=..., while*in memory*"),
        ("postgresql+psycopg://db/shop", "postgresql+psycopg://db:5433/shop", "*db/shop, while*db:5433/shop*"),
        ("postgresql+psycopg://db/shop", "postgresql+psycopg://db/shop?options=-csearch_path=t", "*shop[?]options=*"),
    ],
)
def test_passwords_are_compared_and_not_printed(suite: Suite, then: str, now: str, said: str) -> None:
    """URLs are compared with all they have, and shown without what is secret in them."""
    test = f"""
        app = create_app({then!r}, {{"log": "sqlite://"}})
        app.config["SQLALCHEMY_DATABASE_URI"] = {now!r}
        with app.app_context():
            db.drop_all()
    """
    result = suite.run(body(test), "--keck-database=error", "--tb=line")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([said])
    assert SECRET not in "".join(line for line in result.outlines if "create_app(" not in line)


@pytest.mark.parametrize(
    ("then", "now"),
    [
        ("postgresql+psycopg://ann:p@db/shop?a=1&b=2", "postgresql+psycopg://ann:p@db/shop?b=2&a=1"),
        ("postgresql+psycopg://ann:p%40@db/shop", "postgresql://ann:p%40@db/shop"),
    ],
)
def test_same_server_database(suite: Suite, then: str, now: str) -> None:
    """The order of arguments and the driver make no other database."""
    test = f"""
        app = create_app({then!r}, {{"log": "sqlite://"}})
        app.config["SQLALCHEMY_DATABASE_URI"] = {now!r}
        with app.app_context(), pytest.raises(sqlalchemy.exc.OperationalError):
            db.drop_all()
    """
    suite.run(body(test), "--keck-database=error").assert_outcomes(passed=1)


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL."""
    if sys.platform != "linux":
        pytest.skip("the servers of the tests are started on Linux only")
    from tests.service.servers.postgres import Postgres

    with Postgres() as server:
        yield server


@pytest.mark.parametrize(("mode", "rows"), [("error", 3), ("warn", None)])
def test_postgresql(suite: Suite, postgres: Postgres, mode: str, rows: int | None) -> None:
    """In a real PostgreSQL the rows stay where the call is refused, and go where it is only warned of."""
    real, test = postgres.database(), postgres.database()
    name = real.rpartition("/")[2]
    with postgres.connect(name) as connection:
        connection.execute("CREATE TABLE item (id SERIAL PRIMARY KEY)")
        connection.execute(
            "INSERT INTO item DEFAULT VALUES; INSERT INTO item DEFAULT VALUES; INSERT INTO item DEFAULT VALUES"
        )
        connection.execute("ALTER TABLE item OWNER TO service")
    text = f"""
        app = create_app({real!r}, {{"log": "sqlite://"}})
        app.config["SQLALCHEMY_DATABASE_URI"] = {test!r}
        with app.app_context():
            db.drop_all()
            db.engine.dispose()
    """
    result = suite.run(body(text), f"--keck-database={mode}", "--tb=line")
    result.assert_outcomes(failed=mode == "error", passed=mode == "warn", warnings=mode == "warn")
    assert postgres.password not in "".join(line for line in result.outlines if "create_app(" not in line)
    with postgres.connect(name) as connection:
        there = connection.execute("SELECT to_regclass('item')").fetchone()
        assert there is not None
        count = connection.execute("SELECT count(*) FROM item").fetchone()[0] if there[0] else None  # type: ignore[index]
    assert count == rows


@pytest.mark.parametrize("members", [{}, {"SQLAlchemy": "nothing"}, {"SQLAlchemy": type("SQLAlchemy", (), {})}])
def test_other_versions_are_left_alone(members: dict[str, object]) -> None:
    """A Flask-SQLAlchemy 2, which makes its engines anew, and a stand-in of that name are not touched."""
    module = ModuleType("flask_sqlalchemy")
    vars(module).update(members)
    before = MetaData.drop_all
    Guard(lambda: "error").attach(module)
    assert MetaData.drop_all is before


class Base:
    """Something with a method."""

    def call(self) -> str:
        """Return what is there."""
        return "old"


class Child(Base):
    """Has it from its base."""


def test_methods_are_replaced_where_they_are_defined() -> None:
    """A method that a class has from its base is left alone there; what others put in later is not put back."""
    replaced, original = Replaced(), Base.call
    replaced.replace(Child, "call", lambda _: lambda _: "never")
    assert Child().call() == "old"
    replaced.replace(Base, "call", lambda old: lambda self: f"new {old(self)}")
    assert Child().call() == "new old"
    replaced.restore()
    assert Base.call is original
    replaced.replace(Base, "call", lambda old: lambda self: f"new {old(self)}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Base, "call", lambda _: "mine")
        replaced.restore()
        assert Child().call() == "mine"
    Base.call = original  # type: ignore[method-assign]
