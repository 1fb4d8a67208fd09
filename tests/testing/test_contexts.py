from __future__ import annotations

import textwrap

import pytest

from keck.testing.contexts import ADVICE, PYTEST_FLASK, SHOWN, Watch, reuses, summary
from tests.testing.conftest import Suite

HEAD = """
import pytest, threading, unittest
from flask import g, session
from shop import create_app, db

@pytest.fixture
def bare():
    return create_app("sqlite://", {"log": "sqlite://"})

@pytest.fixture
def app(bare):
    with bare.app_context():
        yield bare
"""
SECTION = "*= keck: test clients inside an open app context =*"


def run(suite: Suite, text: str, *options: str, apart: bool = False) -> pytest.RunResult:
    """Run a test module."""
    return suite.run(HEAD + textwrap.dedent(text), *options, apart=apart)


FIRES = {
    "fixture that keeps the context open": """
        def test_it(app):
            assert app.test_client().get("/").status_code == 200
    """,
    "client in the with block": """
        def test_it(bare):
            with bare.app_context():
                bare.test_client().get("/")
    """,
    "request context around the client": """
        def test_it(bare):
            with bare.test_request_context("/"):
                bare.test_client().get("/")
    """,
    "unittest that pushes a context": """
        class TestIt(unittest.TestCase):
            def setUp(self):
                self.app = create_app("sqlite://", {"log": "sqlite://"})
                context = self.app.app_context()
                context.push()
                self.addCleanup(context.pop)

            def test_it(self):
                self.app.test_client().get("/")
    """,
    "client in a fixture": """
        @pytest.fixture
        def page(app):
            return app.test_client().get("/")

        def test_it(page):
            assert page.data == b"hello"
    """,
    "client while the fixture is torn down": """
        @pytest.fixture
        def last(app):
            yield
            app.test_client().get("/")

        def test_it(last):
            pass
    """,
    "a second client inside the first one's with block": """
        def test_it(bare):
            with bare.test_client() as one:
                one.get("/")
                bare.test_client().get("/")
    """,
}


@pytest.mark.parametrize("case", FIRES)
def test_fires(suite: Suite, case: str) -> None:
    """Each way to ask inside an open context is named at the end, and the test passes."""
    result = run(suite, FIRES[case])
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines([SECTION, "test_shop.py::*test_it: GET /", ADVICE])


SILENT = {
    "no context": """
        def test_it(bare):
            assert bare.test_client().get("/").status_code == 200
    """,
    "context closed before the request, another one after it": """
        def test_it(bare):
            with bare.app_context():
                db.create_all()
            bare.test_client().get("/")
            with bare.app_context():
                db.session.rollback()
    """,
    "the client's own context": """
        def test_it(bare):
            with bare.test_client() as client:
                client.get("/")
                assert g.seen == "yes"
                client.get("/")
                client.get("/away", follow_redirects=True)
    """,
    "session of the client": """
        def test_it(bare):
            client = bare.test_client()
            with client.session_transaction() as stored:
                stored["user"] = 1
            client.get("/")
    """,
    "request context without a client": """
        def test_it(bare):
            with bare.test_request_context("/"):
                assert bare.dispatch_request() == "hello"
                assert bare.full_dispatch_request().data == b"hello"
    """,
    "context of another app": """
        def test_it(app):
            create_app("sqlite://", {"log": "sqlite://"}).test_client().get("/")
    """,
    "command that asks": """
        def test_it(bare):
            assert bare.test_cli_runner().invoke(args=["warm"]).exit_code == 0
    """,
    "request in a thread": """
        def test_it(app):
            thread = threading.Thread(target=app.test_client().get, args=["/"])
            thread.start()
            thread.join()
    """,
    "request while the module is imported": """
        shop = create_app("sqlite://", {"log": "sqlite://"})
        with shop.app_context():
            shop.test_client().get("/")

        def test_it():
            pass
    """,
    "context without a request": """
        def test_it(app):
            db.create_all()
    """,
}


@pytest.mark.parametrize("case", SILENT)
def test_stays_silent(suite: Suite, case: str) -> None:
    """A request with a context of its own is no fault, not even where it is to be an error."""
    result = run(suite, SILENT[case], "--keck-context=error")
    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line(SECTION)


TWICE = """
    def test_it(app):
        client = app.test_client()
        client.post("/")
        client.get("/")

    def test_other(bare):
        bare.test_client().get("/")
"""


def test_once_a_test(suite: Suite) -> None:
    """A test is named once, with its first request; others are not named."""
    result = run(suite, TWICE)
    result.assert_outcomes(passed=2)
    assert [line for line in result.outlines if line.startswith("test_shop.py::")] == ["test_shop.py::test_it: POST /"]


def test_suite_that_makes_errors_of_warnings(suite: Suite) -> None:
    """What is reported is no warning, so that nothing fails where warnings are errors."""
    result = run(suite, TWICE, "-Werror")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines([SECTION])


def test_error(suite: Suite) -> None:
    """Switched on, the test fails, and says why."""
    suite.pytester.makeini("[pytest]\nkeck_context = error")
    result = run(suite, TWICE)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["Keck: POST / of a test client ran inside an open app context. *"])


def test_error_of_the_test_stays(suite: Suite) -> None:
    """A test that fails by itself shows its own failure."""
    result = run(suite, TWICE.replace('client.get("/")', "assert 1 == 2", 1), "--keck-context=error")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["E*assert 1 == 2"])


def test_off(suite: Suite) -> None:
    """Switched off, nothing is named."""
    run(suite, TWICE, "--keck-context=off").stdout.no_fnmatch_line(SECTION)


def test_flask_imported_by_the_test(suite: Suite) -> None:
    """In a process where the test is the first to import Flask it is named too."""
    test = """
        def test_it():
            from shop import create_app
            app = create_app()
            with app.app_context():
                app.test_client().get("/")
    """
    result = suite.run(textwrap.dedent(test), apart=True)
    result.stdout.fnmatch_lines([SECTION, "test_shop.py::test_it: GET /"])


def test_workers(suite: Suite) -> None:
    """With pytest-xdist the tests of all workers are named at the end, and the guard is at work in each."""
    many = (
        TWICE
        + "\n    @pytest.mark.parametrize('n', range(6))\n    def test_many(app, n):\n        app.test_client().get('/')\n"
    )
    result = run(suite, many, "-n2", apart=True)
    result.assert_outcomes(passed=8)
    named = {line for line in result.outlines if line.startswith("test_shop.py::")}
    assert named == {"test_shop.py::test_it: POST /", *(f"test_shop.py::test_many[{n}]: GET /" for n in range(6))}


def test_workers_are_guarded(suite: Suite) -> None:
    """With pytest-xdist the real database stays as well."""
    test = """
        def test_it():
            app = create_app()
            app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
            with app.app_context():
                db.drop_all()
    """
    run(suite, test, "-n2", "--keck-database=error", apart=True).assert_outcomes(failed=1)
    assert suite.rows() == 3


def test_pytest_flask(suite: Suite) -> None:
    """Where pytest-flask holds the context, the summary says so."""
    suite.pytester.makeconftest("def pytest_configure(config): config.pluginmanager.register(object(), 'flask')")
    run(suite, TWICE).stdout.fnmatch_lines([PYTEST_FLASK])


def test_summary_is_short() -> None:
    """The summary names ten tests and counts the rest; if asked for, all of them."""
    tests = {f"test_{number}": "GET /" for number in range(SHOWN + 2)}
    short = summary(tests, every=False, pytest_flask=False)
    assert len(short) == SHOWN + 2
    assert short[-2] == "... and 2 more; -v names them all"
    assert len(summary(tests, every=True, pytest_flask=False)) == SHOWN + 3


@pytest.mark.parametrize("tokens", [None, [], ["token"], [("token", "context")]])
def test_contexts_of_other_versions(tokens: object) -> None:
    """Where Flask notes nothing, or something else, no request is said to share a context."""
    context = type("AppContext", (), {})()
    if tokens is not None:
        vars(context)["_cv_tokens"] = tokens
    assert not reuses(context)


def test_flask_without_request_contexts(monkeypatch: pytest.MonkeyPatch) -> None:
    """From Flask 3.2 on, where no context is shared, nothing is heard of."""
    import flask

    monkeypatch.delattr("flask.globals._cv_request")
    watch = Watch(lambda: True)
    watch.attach(flask)
    flask.request_started.send(flask.Flask("shop"))
    watch.detach()
    assert not watch.take()


def test_flask_without_signals() -> None:
    """A Flask before 2.3 without blinker has no signals, and is left alone."""
    from types import ModuleType

    module = ModuleType("flask")
    Watch(lambda: True).attach(module)
    vars(module)["request_started"] = object()
    Watch(lambda: True).attach(module)
