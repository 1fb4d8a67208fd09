from __future__ import annotations

import pytest

from keck.facts import facts_of
from keck.pins import pins
from keck.project import Project, Surroundings
from tests.support import project


def resolved(files: dict[str, str], name: str, scope: str = "", path: str = "app.py") -> str:
    """Return the symbol of a name in a scope of one of the files."""
    names = project(files).names
    return names.resolve(names.modules[path], scope, name)


@pytest.mark.parametrize(
    ("code", "name", "symbol"),
    [
        ("from flask import Flask\n", "Flask", "flask.Flask"),
        ("import flask as f\n", "f.Flask", "flask.Flask"),
        ("import flask.views\n", "flask.views.View", "flask.views.View"),
        ("from flask.app import Flask\n", "Flask", "flask.Flask"),
        ("from flask.ext.sqlalchemy import SQLAlchemy\n", "SQLAlchemy", "flask_sqlalchemy.SQLAlchemy"),
        ("from flask import *\n", "Flask", "flask.Flask"),
        ("from flask import *\n", "db", "?.db"),
        ("from flask.ext.cors import *\n", "CORS", "flask_cors.CORS"),
        ("from flask import *\nfrom flask_jwt_extended import *\n", "jwt_required", "flask_jwt_extended.jwt_required"),
        (
            "from flask_login import *\nfrom flask_jwt_extended import *\n",
            "current_user",
            "flask_jwt_extended.current_user",
        ),
        ("from flask_jwt_extended import *\nfrom flask_login import *\n", "current_user", "flask_login.current_user"),
        ("from flask_wtf import *\nfrom flask_login import *\n", "current_user", "flask_login.current_user"),
        ("from flask_wtf import *\nfrom flask_login import *\n", "FlaskForm", "flask_wtf.FlaskForm"),
        ("from flask_wtf import *\nfrom flask_babel import *\n", "gettext", "flask_babel.gettext"),
        ("from apiflask import *\n", "APIFlask", "apiflask.APIFlask"),
        ("from os import *\n", "Flask", "?.Flask"),
        ("from app import *\n", "Flask", "?.Flask"),
        ("a = 1\nb = a\nc = b\n", "c", "app:a"),
        ("a = 1\nb = a\n", "b.x", "app:a.x"),
        ("a = b\nb = a\n", "b", "?.a"),
        ("a, b = 1, 2\n", "b", "app:b"),
        ("a = a.b\n", "a", "app:a"),
        ("x, y = z\n", "y", "app:y"),
        ("(a, b), c = 1\nfor d in ():\n    pass\nwith open('') as (e, f):\n    pass\n", "f", "app:f"),
        ("def f():\n    global g\n    g = 1\n", "g", "app:g"),
        ("pass\n", "missing.x", "?.missing.x"),
    ],
)
def test_names_at_module_level(code: str, name: str, symbol: str) -> None:
    """Imports, aliases, stars and unpacking at module level lead to one symbol."""
    assert resolved({"app.py": code}, name) == symbol


@pytest.mark.parametrize(
    ("code", "scope", "name", "symbol"),
    [
        ("x = 1\ndef f():\n    return x\n", "f", "x", "app:x"),
        ("def f(x):\n    return x\n", "f", "x", "app:f.x"),
        ("def f():\n    from os import path\n    def g():\n        return path\n", "f.g", "path", "os.path"),
        ("class C:\n    x = 1\n    def m(self):\n        return x\n", "C.m", "x", "?.x"),
        ("class C:\n    x = 1\n    y = x\n", "C", "y", "app:C.x"),
        ("class C:\n    def m(self):\n        return self.x\n", "C.m", "self.x", "app:C.x"),
        ("class C:\n    def m(cls):\n        return cls\n", "C.m", "cls", "app:C"),
        ("class C:\n    def m(me, self):\n        return self\n", "C.m", "self", "app:C.m.self"),
        ("def f():\n    return self.x\n", "f", "self.x", "?.self.x"),
        ("def f():\n    x = 1\n    x = 2\n    return x\n", "f", "x", "app:f.x"),
        ("def f():\n    def g():\n        pass\n    class K:\n        pass\n", "f", "K", "app:f.K"),
    ],
)
def test_names_in_functions_and_classes(code: str, scope: str, name: str, symbol: str) -> None:
    """A name means what the innermost enclosing function binds; a class's names are not seen in its methods."""
    assert resolved({"app.py": code}, name, scope) == symbol


@pytest.mark.parametrize(
    ("files", "name", "symbol"),
    [
        ({"app.py": "from ext import db\n", "ext.py": "db = 1\n"}, "db", "ext:db"),
        ({"app.py": "from ext import db\n", "ext.py": "from base import sqla as db\n", "base.py": "sqla = 1\n"}, "db", "base:sqla"),
        ({"app.py": "import ext\n", "ext.py": "db = 1\n"}, "ext.db.session", "ext:db.session"),
        ({"app.py": "import ext\n", "ext.py": "db = 1\n"}, "ext", "ext:"),
        ({"app.py": "import ext\n", "ext.py": "db = 1\n"}, "ext.other", "ext:other"),
        ({"app.py": "from ext import nothing\n", "ext.py": ""}, "nothing.x", "ext:nothing.x"),
        ({"app.py": "from ext import *\n", "ext.py": "from base import *\n", "base.py": "db = 1\n"}, "db", "base:db"),
        ({"app.py": "from ext import *\n", "ext.py": "pass\n"}, "db", "?.db"),
        ({"app.py": "from flask import *\nfrom ext import *\n", "ext.py": "db = 1\nsession = 2\n"}, "db", "ext:db"),
        ({"app.py": "from flask import *\nfrom ext import *\n", "ext.py": "db = 1\nsession = 2\n"}, "session", "ext:session"),
        ({"app.py": "from ext import *\nfrom flask import *\n", "ext.py": "db = 1\nsession = 2\n"}, "session", "flask.session"),
        ({"app.py": "from one import *\nfrom two import *\n", "one.py": "x = 1\n", "two.py": "x = 2\n"}, "x", "two:x"),
        ({"app.py": "import p.ext\n", "p/__init__.py": "", "p/ext.py": "db = 1\n"}, "p.ext.db", "p.ext:db"),
        ({"app.py": "import p.ext as e\n", "p/__init__.py": "", "p/ext.py": "db = 1\n"}, "e.db", "p.ext:db"),
        ({"app.py": "from p import ext\n", "p/__init__.py": "", "p/ext.py": "db = 1\n"}, "ext.db", "p.ext:db"),
        ({"app.py": "from p import ext\n", "p/ext.py": "db = 1\n"}, "ext.db", "p.ext:db"),
        ({"app.py": "import p\n", "p/__init__.py": "from .ext import db\n", "p/ext.py": "db = 1\n"}, "p.db", "p.ext:db"),
        ({"app.py": "import p\n", "p/__init__.py": "", "p/ext.py": "db = 1\n"}, "p.ext.db", "p.ext:db"),
        ({"app.py": "from p.q import ext\n", "p/q/ext.py": "db = 1\n"}, "ext.db", "p.q.ext:db"),
        ({"app.py": "from a import x\n", "a.py": "from b import x\n", "b.py": "from a import x\n"}, "x", "a:x"),
        ({"app.py": "from a import *\n", "a.py": "from b import *\n", "b.py": "from a import *\n"}, "x", "?.x"),
        ({"app.py": "import a.x\n", "a.py": "import a\nx = a\n"}, "a.x.x.x", "a.x.x"),
        ({"app.py": "from app import app as other\n"}, "other.x", "app.app.x"),
    ],
)  # fmt: skip
def test_names_over_files(files: dict[str, str], name: str, symbol: str) -> None:
    """Re-exports, packages with and without ``__init__``, stars and circles are followed to where a name is made."""
    assert resolved(files, name) == symbol


TRIED = "try:\n    from flask_login import login_required\nexcept ImportError:\n    "


@pytest.mark.parametrize(
    ("code", "symbol"),
    [
        (f"{TRIED}login_required = None\n", "flask_login.login_required"),
        (f"{TRIED}def login_required(view): return view\n", "flask_login.login_required"),
        (f"{TRIED}class login_required: ...\n", "flask_login.login_required"),
        (f"{TRIED}from stubs import login_required\n", "flask_login.login_required"),
        (
            TRIED.replace("flask_login", "local") + "from flask_login import login_required\n",
            "flask_login.login_required",
        ),
        (f"{TRIED}pass\nlogin_required = None\n", "app:login_required"),
        (f"{TRIED}pass\nif login_required:\n    login_required = None\n", "app:login_required"),
        ("login_required = None\n" + TRIED + "pass\n", "flask_login.login_required"),
        ("login_required = 1\ntry:\n    pass\nexcept ImportError:\n    login_required = None\n", "app:login_required"),
        (
            "from flask_login import login_required\ntry:\n    pass\nexcept E:\n    login_required = 1\n",
            "app:login_required",
        ),
        (f"{TRIED}pass\nif x:\n    try:\n        y\n    except E:\n        login_required = 1\n", "app:login_required"),
    ],
)
def test_a_fallback_for_a_missing_library_hides_nothing(code: str, symbol: str) -> None:
    """What an `except` binds in place of an import that failed does not count; what is bound otherwise later does."""
    assert resolved({"app.py": code}, "login_required") == symbol


EXTENSION = {"ext.py": "db = 1\n", "app.py": ""}


@pytest.mark.parametrize(
    ("trail", "files", "name", "symbol"),
    [
        (("home", "web"), {"app.py": "from web.ext import db\n"}, "db", "ext:db"),
        (("home", "web"), {"app.py": "from web import ext\n"}, "ext.db", "ext:db"),
        (("home", "web"), {"app.py": "import web.ext\n"}, "web.ext.db", "ext:db"),
        (("src", "web"), {"app.py": "from src.web.ext import db\n"}, "db", "ext:db"),
        (("src", "web"), {"app.py": "from web.ext import db\n"}, "db", "ext:db"),
        (("api",), {"app.py": "from api.sub.m import x\n", "sub/m.py": "x = 1\n"}, "x", "sub.m:x"),
        (("web",), {"app.py": "from web import x\n", "__init__.py": "x = 1\n", "setup.py": ""}, "x", ":x"),
        (("web",), {"app.py": "from web.ext import db\n", "web/ext.py": "db = 2\n"}, "db", "web.ext:db"),
        (("web", "other"), {"app.py": "from web.ext import db\n"}, "db", "web.ext.db"),
        (("flask",), {"app.py": "from flask.x import db\n", "x.py": "db = 1\n"}, "db", "flask.x.db"),
        ((), {"app.py": "from web.ext import db\n"}, "db", "web.ext.db"),
    ],
)
def test_a_folder_without_init_is_a_package(
    trail: tuple[str, ...], files: dict[str, str], name: str, symbol: str
) -> None:
    """An import that begins with the name of the project's own folder means its modules, unless nearer ones are meant."""
    facts = {path: facts_of(text.encode()) for path, text in {**EXTENSION, **files}.items()}
    names = Project(facts, Surroundings(pins({}), trail=trail)).names
    assert names.resolve(names.modules["app.py"], "", name) == symbol


def test_relative_imports() -> None:
    """A leading dot counts from the package of the importing file, also in its ``__init__``."""
    files = {
        "p/__init__.py": "from .ext import db\n",
        "p/ext.py": "db = 1\n",
        "p/q/__init__.py": "from ..ext import db\nfrom . import near\n",
        "p/q/near.py": "from .. import ext\nfrom . import beside\nfrom .missing import y\n",
        "p/q/beside.py": "x = 1\n",
        "free/one.py": "from . import two\n",
        "free/two.py": "z = 1\n",
    }
    assert resolved(files, "db", path="p/__init__.py") == "p.ext:db"
    assert resolved(files, "db", path="p/q/__init__.py") == "p.ext:db"
    assert resolved(files, "near.beside.x", path="p/q/__init__.py") == "p.q.beside:x"
    assert resolved(files, "ext.db", path="p/q/near.py") == "p.ext:db"
    assert resolved(files, "y", path="p/q/near.py") == "p.q.missing.y"
    assert resolved(files, "two.z", path="free/one.py") == "free.two:z"


def test_the_nearest_source_root_wins() -> None:
    """An absolute import means the module of the own root before that of another one."""
    files = {
        "one/app.py": "from config import X\n",
        "one/config.py": "X = 1\n",
        "two/app.py": "from config import X\n",
        "two/config.py": "X = 2\n",
        "three/src/pkg/__init__.py": "",
        "three/src/pkg/a.py": "from pkg.b import Y\nimport b\n",
        "three/src/pkg/b.py": "Y = 1\n",
    }
    assert resolved(files, "X", path="one/app.py") == "one.config:X"
    assert resolved(files, "X", path="two/app.py") == "two.config:X"
    assert resolved(files, "Y", path="three/src/pkg/a.py") == "three.src.pkg.b:Y"
    assert resolved(files, "b.Y", path="three/src/pkg/a.py") == "three.src.pkg.b:Y"


def test_what_has_a_manifest_is_looked_through_first() -> None:
    """A module imports from the directory whose manifest is nearest before it imports from the others."""
    files = {
        "config.py": "X = 1\n",
        "api/requirements.txt": "flask\n",
        "api/src/config.py": "X = 2\n",
        "api/scripts/run.py": "from config import X\nfrom shared import Y\n",
        "libs/shared.py": "Y = 1\n",
    }
    assert resolved(files, "X", path="api/scripts/run.py") == "api.src.config:X"
    assert resolved(files, "Y", path="api/scripts/run.py") == "libs.shared:Y"
    bare = {path: text for path, text in files.items() if path != "api/requirements.txt"}
    assert resolved(bare, "X", path="api/scripts/run.py") == "config:X"


def test_a_library_beside_its_examples() -> None:
    """An example with a manifest of its own uses the library, though the repository is where that is made."""
    files = {
        "pyproject.toml": "",
        "src/flask/__init__.py": "from .app import Flask\n",
        "src/flask/app.py": "class Flask: ...\n",
        "examples/shop/pyproject.toml": "",
        "examples/shop/shop/__init__.py": "from flask import Flask\n",
        "examples/bare.py": "from flask import Flask\n",
        "vendored/setup.py": "",
        "vendored/app.py": "from flask_cors import CORS\n",
        "vendored/flask_cors.py": "class CORS: ...\n",
    }
    assert resolved(files, "Flask", path="examples/shop/shop/__init__.py") == "flask.Flask"
    assert resolved(files, "Flask", path="examples/bare.py") == "src.flask.app:Flask"
    assert resolved(files, "CORS", path="vendored/app.py") == "vendored.flask_cors:CORS"


def test_a_package_imports_from_itself() -> None:
    """``from shop import routes`` in the package's own ``__init__`` means its modules, whoever is resolved first."""
    files = {
        "shop/__init__.py": "from flask import Flask\n\napp = Flask(__name__)\ndb = 1\nfrom shop import models, routes\n",
        "shop/models.py": "from shop import db\n",
        "shop/routes.py": "from shop import app\n",
    }
    for order in (("shop/__init__.py", "shop/models.py"), ("shop/models.py", "shop/__init__.py")):
        names = project(files).names
        found = {path: names.resolve(names.modules[path], "", "db") for path in order}
        assert found == {"shop/__init__.py": "shop:db", "shop/models.py": "shop:db"}
        assert names.resolve(names.modules["shop/__init__.py"], "", "routes") == "shop.routes:"
    assert project(files).imports["shop/__init__.py"] == {"shop/models.py", "shop/routes.py"}


def test_a_module_of_its_own_name_hides_nothing_from_others() -> None:
    """A file that imports what is called like itself does not decide what its neighbours import."""
    files = {"cache.py": "from cache import x\ny = 1\n", "views.py": "from cache import y\n"}
    names = project(files).names
    assert names.resolve(names.modules["cache.py"], "", "x") == "cache.x"
    assert names.resolve(names.modules["views.py"], "", "y") == "cache:y"


def test_a_module_of_a_library_s_name() -> None:
    """A file named like the library that it imports does not import itself."""
    files = {
        "flask_mail.py": "from flask_mail import Mail\n",
        "p/__init__.py": "",
        "p/flask_cors.py": "from flask_cors import CORS\n",
    }
    assert resolved(files, "Mail", path="flask_mail.py") == "flask_mail.Mail"
    assert resolved(files, "CORS", path="p/flask_cors.py") == "flask_cors.CORS"


def test_two_files_of_one_dotted_name() -> None:
    """Of two files with the same dotted name the package is kept, else the first."""
    names = project({"a.b/c.py": "x = 1\n", "a/b/c.py": "x = 2\n", "d.e/__init__.py": "", "d.e.py": ""}).names
    assert names.by_name["a.b.c"].path == "a.b/c.py"
    assert names.by_name["d.e"].path == "d.e/__init__.py"


def test_a_chain_without_end() -> None:
    """Aliases through very many modules end in an unresolved name rather than in an error."""
    files = {f"m{at}.py": f"from m{at + 1} import x\n" for at in range(40)}
    assert resolved(files, "x", path="m0.py").endswith("x")
    aliases = {"app.py": "a0 = 1\n" + "".join(f"a{at + 1} = a{at}\n" for at in range(40))}
    assert resolved(aliases, "a40").startswith("?.")
    deep = {f"m{at}.py": f"from m{at + 1} import x\n" for at in range(24)}
    deep |= {"m24.py": "import n1 as x\n", "n1.py": "import n2 as y\n", "n2.py": "import n3 as z\n", "n3.py": "a = 1\n"}
    assert resolved(deep, "x.y.z.a", path="m0.py").endswith("a")
    loops = {"a.py": "import b\nx = b\n", "b.py": "import a\nb = a\nx = a.x\n"}
    assert resolved(loops, "x" + ".x" * 60, path="a.py")


def test_what_an_import_executes() -> None:
    """An import statement runs the packages above a module first, then the module."""
    made = project({
        "app.py": "from p.q import m\nimport os\nfrom p import name\nfrom p.q.m import *\nimport p.q.m\nfrom free import one\n",
        "p/__init__.py": "name = 1\n",
        "p/q/__init__.py": "",
        "p/q/m.py": "",
        "free/one.py": "",
    })  # fmt: skip
    app = made.names.modules["app.py"]
    executed = [[each.path for each in made.names.executed(app, one)] for one in app.facts.imports]
    whole = ["p/__init__.py", "p/q/__init__.py", "p/q/m.py"]
    assert executed == [whole, [], ["p/__init__.py"], whole, whole, ["free/one.py"]]


USERS = {
    "p/__init__.py": "from .ext import db as database\nfrom .ext import other\n",
    "p/ext.py": "db = 1\nother = 2\n",
    "p/by_name.py": "from p.ext import db\n",
    "p/by_alias.py": "from p import database\n",
    "p/by_star.py": "from p.ext import *\nprint(db)\n",
    "p/star_only.py": "from p.ext import *\n",
    "p/by_module.py": "from p import ext\n@ext.db.event\ndef f():\n    pass\n",
    "p/by_path.py": "import p.ext\nclass M(p.ext.db.Model):\n    pass\n",
    "p/module_only.py": "from p import ext\nprint(ext.other)\n",
    "p/stranger.py": "db = 1\nprint(db)\n",
    "p/from_elsewhere.py": "from os import *\nimport os\nprint(os.db)\n",
}


def test_users_of_a_name() -> None:
    """Those who import a name, under any name, and those who reach it as an attribute use it."""
    found = [one.path for one in project(USERS).users.of("p.ext:db")]
    assert found == ["p/__init__.py", "p/by_alias.py", "p/by_module.py", "p/by_name.py", "p/by_path.py", "p/by_star.py"]


def test_used_at_home() -> None:
    """A module uses what it defines once it takes an attribute of it, in decorators and bases too."""

    def used(code: str) -> bool:
        return project({"app.py": code}).users.at_home("app:db")

    assert used("db = 1\ndb.run()\n")
    assert used("db = 1\nclass M(db.Model):\n    pass\n")
    assert used("db = 1\n@db.event()\ndef f():\n    pass\n")
    assert not used("db = 1\nprint(db)\nother.db()\n")
    assert not project({"app.py": ""}).users.at_home("gone:db")


def test_aliases() -> None:
    """The other names of an imported name are known."""
    made: Project = project({"app.py": "from a import x as y, z\nimport os as o\n"})
    assert made.names.aliases == {"x": {"y"}}


def test_has_package() -> None:
    """A dotted name is a package where some module of the project lives below it."""
    made = project({"src/pkg/__init__.py": "", "src/pkg/sub/one.py": "", "src/pkg/two.py": ""})
    two = made.names.modules["src/pkg/two.py"]
    assert made.names.packages.has_package("pkg.sub", two)
    assert not made.names.packages.has_package("other", two)
