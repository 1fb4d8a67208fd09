"""A project as a whole: its import graph, and the calls that rules ask for."""

from __future__ import annotations

from tests.support import project

FILES = {
    "wsgi.py": "from shop import create_app\napp = create_app()",
    "shop/__init__.py": """\
        from flask import Flask
        from shop.ext import limiter
        import shop.ext
        def create_app():
            from shop import views
            return Flask(__name__)
        """,
    "shop/ext.py": "from flask_limiter import Limiter\nimport shop\nlimiter = Limiter()",
    "shop/views.py": """\
        from typing import TYPE_CHECKING
        from shop.ext import limiter
        if TYPE_CHECKING:
            import unused
        limiter.exempt(view)
        exempt(view)
        unknown.exempt(view)
        """,
    "unused.py": "import shop",
    "tests/test_shop.py": "from shop.ext import limiter\nlimiter.exempt(view)",
}


def test_served_modules_are_those_that_the_app_imports() -> None:
    """What the module of an app imports is served, inside functions and around cycles too; what only types need is not."""
    assert project(FILES).served == {"wsgi.py", "shop/__init__.py", "shop/ext.py", "shop/views.py"}


def test_closure_holds_what_importing_one_module_executes() -> None:
    """Imports at module level are followed, those in functions are not; packages above come along."""
    made = project(FILES)
    assert made.closure("shop/ext.py") == {"shop/ext.py", "shop/__init__.py"}
    assert made.closure("unused.py") == {"unused.py", "shop/ext.py", "shop/__init__.py"}
    assert made.imports["wsgi.py"] == {"shop/__init__.py"}


def test_methods_of_an_extension_are_found_by_its_kind() -> None:
    """Calls on what is no limiter are left out, and so are those in tests, unless they are asked for."""
    made = project(FILES)
    found = [module.path for module, _, _, site in made.method_calls("limiter", "exempt") if site.kind == "limiter"]
    assert found == ["shop/views.py"]
    assert len(list(made.method_calls("limiter", "exempt", tests=True))) == 2
    assert not list(made.method_calls("mail", "exempt"))
