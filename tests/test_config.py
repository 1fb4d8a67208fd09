"""What a project writes into its app's config."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from keck.project import Project
from keck.project.config import Setting, role_of
from keck.project.values import Env, Hidden, Known, Value
from tests.support import project

HEAD = "import os\nfrom flask import Blueprint, Flask, current_app\napp = Flask(__name__)\n"


def told(value: Value) -> object:
    """Return a value for comparison: what is known, or the name of its type."""
    if isinstance(value, Known):
        return value.value if not isinstance(value.value, list | dict) else type(value.value).__name__
    return ("env", value.name) if isinstance(value, Env) else type(value).__name__


def settings(files: Mapping[str, str] | str) -> dict[str, list[tuple[object, str, str, bool | None]]]:
    """Return value, holder, role and default of each setting by key."""
    every = project(files).config.settings
    return {key: [(told(one.value), one.holder, one.role, one.default) for one in rows] for key, rows in every.items()}


def only(files: Mapping[str, str] | str, key: str) -> Setting:
    """Return the only setting of a key."""
    (found,) = project(files).config.settings[key]
    return found


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ('app.config["A"] = 1', {"A": 1}),
        ('current_app.config["A"] = 1', {"A": 1}),
        ('app.config["A"], app.config["B"] = 1, 2', {}),
        ('K = "A"\napp.config[K] = 1', {"A": 1}),
        ("app.config[unseen()] = 1", {"": 1}),
        ('config = app.config\nconfig["A"] = 1', {"A": 1}),
        ('Flask("b").config["A"] = 1', {"A": 1}),
        ('app.config.update(A=1, **{"B": 2})', {"A": 1, "B": 2}),
        ('app.config.update({"A": 1})', {"A": 1}),
        ('TABLE = {"A": 1}\napp.config.update(TABLE)', {"A": 1}),
        ("app.config.update(dict(A=1))", {"A": 1}),
        ("TABLE = dict(A=1)\napp.config.update(TABLE)", {"A": 1}),
        ("app.config.update(dict(unseen()))", {"": "Hidden"}),
        ("app.config.update(unseen())", {"": "Hidden"}),
        ("app.config.update({unseen(): 1})", {"": 1}),
        ('app.config |= {"A": 1}', {"A": 1}),
        ("app.config.from_mapping(A=1)", {"A": 1}),
        ('app.config.setdefault("A", 1)', {"A": 1}),
        ("app.config.setdefault(unseen(), 1)", {}),
        ('app.secret_key = "a"', {"SECRET_KEY": "a"}),
        ("app.testing = True", {"TESTING": True}),
        ("app.permanent_session_lifetime = 60", {}),
        ("app.other = 60", {}),
        ("app.config.from_envvar('F')", {"": "Hidden"}),
        ("app.config.from_prefixed_env()", {"": "Hidden"}),
        ("app.config.from_pyfile('unseen.cfg')", {"": "Hidden"}),
        ("app.config.from_pyfile('unseen.py')", {"": "Hidden"}),
        ("app.config.from_object()", {}),
        ("app.config.from_object(unseen())", {"": "Hidden"}),
        ("app.config.from_object('unseen.Config')", {"": "Hidden"}),
        ("app.config.from_object('unseen')", {"": "Hidden"}),
        ("app.config.from_object(os.environ['CONFIG'])", {"": "Hidden"}),
        ('stack["a"]["A"] = 1', {}),
        ("app.config.from_object(unseen()['a'])", {"": "Hidden"}),
        ("configs = unseen()\napp.config.from_object(configs['a'])", {"": "Hidden"}),
        ("app.config.clear()", {}),
        ("update(A=1)", {}),
        ("unseen().update(A=1)", {}),
        ("{}.update(A=1)", {}),
        ('Blueprint("b", __name__).config["A"] = 1', {}),
        ('unseen().config["A"] = 1', {}),
        ('def f(config):\n    config["A"] = 1\nf(app.config)', {"A": 1}),
        ('def f(config):\n    config["A"] = 1\n    f(config)', {}),
        ('table = {}\ntable["A"] = 1', {}),
        ('table = other.table\ntable["A"] = 1', {}),
        ('def f(app):\n    app.config["A"] = 1', {"A": 1}),
        ('def f(application):\n    application.config["A"] = 1', {"A": 1}),
        ('def f(thing):\n    thing.config["A"] = 1', {}),
        ('def f(thing):\n    thing.config["A"] = 1\nf(app)', {"A": 1}),
        ('def f(thing):\n    thing.secret_key = "a"', {}),
        ("app.config += 1\ncount += 1", {"": "Hidden"}),
    ],
)
def test_spellings(text: str, keys: dict[str, object]) -> None:
    """Each way to write a config is understood; a key that cannot be seen is the empty one."""
    found = settings(HEAD + text)
    assert {key: value for key, ((value, *_), *_) in found.items()} == keys


def test_places() -> None:
    """A setting stands where it is written."""
    assert only(HEAD + 'app.config["A"] = 1', "A").place.line == 4
    assert only(HEAD + "app.config.update(\n    A=1,\n)", "A").place.line == 5


CONFIG = """
class Base:
    A = 1
    B = "base"
    lower = 3
    def __init__(self):
        self.C = 2
        self.lower = 3
        other.D = 4
        self.C.x = 1
        assert self
class Production(Base):
    B = "live"
class Development(Base):
    B: str = "dev"
    E: int
class Testing(Base):
    B = "test"
class Other(Testing):
    F = 1
configs = {"production": Production, "development": Development, "testing": Testing}
""".lstrip()


@pytest.mark.parametrize(
    ("argument", "value", "default"),
    [
        ("Production", "live", True),
        ("'config.Production'", "live", True),
        ("config.Production", "live", True),
        ("Production()", "live", True),
        ("configs['production']", "live", True),
        ("configs[os.environ.get('MODE', 'production')]", "live", True),
        ("configs.get(os.environ.get('MODE', 'production'))", "live", True),
        ("configs.get(os.environ.get('MODE'), Production)", "live", True),
        ("{'default': Production}.get(os.environ.get('MODE'))", "live", True),
        ("{'default': Production, 'dev': Development}[os.environ['MODE']]", "live", True),
        ("configs[os.environ['MODE']]", "live", None),
        ("os.environ.get('CONFIG', 'config.Production')", "live", True),
        ("{'default': Production, 'dev': Development}[os.environ.get('MODE', 'unheard')]", "live", True),
        ("chosen", "live", True),
        ("choose()", "live", True),
        ("unheard() or Production", "live", None),
    ],
)
def test_classes_that_are_chosen(argument: str, value: str, default: bool | None) -> None:
    """The class that is loaded is found, and whether it is the one that is loaded when nothing else is said."""
    text = (
        "import os\nfrom flask import Flask\nimport config\nfrom config import Development, Production, configs\n"
        "chosen = Production\ndef choose():\n    return configs[os.environ.get('MODE', 'production')]\n"
        f"app = Flask(__name__)\napp.config.from_object({argument})\n"
    )
    found = [
        one for one in project({"app.py": text, "config.py": CONFIG}).config.settings["B"] if told(one.value) == value
    ]
    assert [(one.role, one.default) for one in found] == [("production", default)]


CHOSEN = """
import os
class Config:
    A = "base"
class ProductionConfig(Config):
    A = "live"
class DevelopmentConfig(Config):
    A = "dev"
class TestingConfig(Config):
    A = "test"
CONFIGS = {"dev": DevelopmentConfig, "prod": ProductionConfig, "test": TestingConfig}
""".lstrip()
NAMED = "app.config.from_object(CONFIGS[name])"
CLASSES = {"dev": "DevelopmentConfig", "prod": "ProductionConfig", "test": "TestingConfig"}


@pytest.mark.parametrize(
    ("signature", "body"),
    [
        ("name=None", f'if name is None:\n        name = os.getenv("MODE", "KEY")\n    {NAMED}'),
        ("name=None", f'if name is None:\n        name = os.getenv("MODE") or "KEY"\n    {NAMED}'),
        ("name=None", f'if not name:\n        name = os.environ.get("MODE", "KEY")\n    {NAMED}'),
        ("name=None", f'name = name or os.environ.get("MODE", "KEY")\n    {NAMED}'),
        (
            "name=None",
            'chosen = name or os.environ.get("MODE", "KEY")\n    app.config.from_object(CONFIGS[chosen])',
        ),
        ("name=None", f'if name is None:\n        name = "KEY"\n    {NAMED}'),
        ('name=os.getenv("MODE", "KEY")', NAMED),
        ('name="KEY"', NAMED),
        ("cls=None", "if cls is None:\n        cls = CLASS\n    app.config.from_object(cls)"),
        ("cls=None", "app.config.from_object(cls or CLASS)"),
        ("cls=CLASS", "app.config.from_object(cls)"),
        ("name=None", "app.config.from_object(CONFIGS.get(name, CLASS))"),
        ("name=None", "app.config.from_object(CONFIGS[name] if name else CLASS)"),
    ],
)
@pytest.mark.parametrize("default", ["dev", "prod"])
@pytest.mark.parametrize("tested", [None, "dev", "prod", "test"])
def test_the_default_is_what_no_test_gives(signature: str, body: str, default: str, tested: str | None) -> None:
    """The default class is what the factory falls back to, whichever class the tests hand in."""
    factory = f"def create_app({signature}):\n    app = Flask(__name__)\n    {body}\n    return app\n"
    text = (
        "import os\nfrom flask import Flask\nfrom conf import CONFIGS, DevelopmentConfig, ProductionConfig\n"
        + factory.replace("KEY", default).replace("CLASS", CLASSES[default])
    )
    files = {"app.py": text, "conf.py": CHOSEN, "wsgi.py": "from app import create_app\napp = create_app()\n"}
    if tested is not None:
        given = CLASSES[tested] if "cls" in signature else repr(tested)
        files["tests/conftest.py"] = (
            "from app import create_app\nfrom conf import DevelopmentConfig, ProductionConfig, TestingConfig\n"
            f"app = create_app({given})\n"
        )
    found = {told(one.value) for one in project(files).config.settings["A"] if one.default}
    assert found == {"dev" if default == "dev" else "live"}


@pytest.mark.parametrize(
    ("argument", "roles"),
    [
        ("ROWS[os.environ['MODE']]", {"dev": None, "live": None}),
        ("ROWS[os.environ.get('MODE', 'prod')]", {"dev": False, "live": True}),
        ("ROWS[os.environ.get('MODE', 'none')]", {"dev": None, "live": None}),
        ("conf.Live if os.environ.get('LIVE', '1') else conf.Dev", {"dev": None, "live": None}),
        ("conf.Live if os.environ.get('LIVE', '') else conf.Dev", {"dev": True, "live": False}),
        ("conf.Live if os.environ['LIVE'] else conf.Dev", {"dev": None, "live": None}),
        ("'app.Own'", {"own": True}),
        ("long", {"live": None}),
    ],
)
def test_what_is_chosen_from_tables_and_conditions(argument: str, roles: dict[str, bool | None]) -> None:
    """A table may hold names of classes, a condition may choose, and a name may be that of the module itself."""
    text = (
        "import os\nimport conf\nfrom flask import Flask\nclass Own:\n    A = 'own'\n"
        "ROWS = {'dev': 'conf.Dev', 'prod': 'conf.Live', 'none': None}\n"
        "long = a\na = b if x else y\nb = c if x else y\nc = d if x else y\nd = conf.Live\n"
        f"app = Flask(__name__)\napp.config.from_object({argument})\n"
    )
    conf = "class Live:\n    A = 'live'\nclass Dev:\n    A = 'dev'\n"
    found = settings({"app.py": text, "conf.py": conf})["A"]
    assert {value: default for value, _, _, default in found} == roles


def test_shapes_of_names() -> None:
    """A class whose name is put together is one of those that fit."""
    for argument in ('f"config.{name}ion"', '"config." + name', "shaped"):
        text = f'from flask import Flask\nshaped = f"config.{{name}}"\napp = Flask(__name__)\napp.config.from_object({argument})\n'
        found = project({"app.py": text, "config.py": CONFIG}).config.settings["B"]
        assert "live" in {told(one.value) for one in found}
        assert ("dev" in {told(one.value) for one in found}) == ("ion" not in argument)


def test_shapes_that_fit_nothing() -> None:
    """What is put together of unknown parts, or names no module, hides the load."""
    for argument in ("f'{name}'", "f'{name}.Config'", "f'unseen.{name}'", "name + '.Config'", "1 - 2"):
        found = settings(f"from flask import Flask\napp = Flask(__name__)\napp.config.from_object({argument})\n")
        assert list(found) == [""]


def test_inheritance() -> None:
    """A class has its bases' settings where it has none of its own, and those that its methods write to self."""
    text = "from flask import Flask\nfrom config import Production\napp = Flask(__name__)\napp.config.from_object(Production)\n"
    made = project({"app.py": text, "config.py": CONFIG}).config
    assert {one.key: told(one.value) for one in made.held("config:Production")} == {"A": 1, "B": "live", "C": 2}
    assert made.held("nowhere:Class") == ()
    assert made.held("config:Production") is made.held("config:Production")


def test_loads_of_a_base_are_kept_apart() -> None:
    """A base's setting knows each class through which it is loaded; its role is the most serious of them."""
    text = (
        "import os\nfrom flask import Flask\nfrom config import configs\napp = Flask(__name__)\n"
        "app.config.from_object(configs[os.environ.get('MODE', 'development')])\n"
    )
    found = only({"app.py": text, "config.py": CONFIG}, "A")
    loads = {one.holder: (one.role, one.default, one.path, one.line) for one in found.loads if one.path}
    assert loads == {
        "config:Development": ("development", True, "app.py", 5),
        "config:Production": ("production", False, "app.py", 5),
        "config:Testing": ("test", False, "app.py", 5),
    }
    assert (found.role, found.default) == ("production", True)


def test_a_test_is_what_descends_from_one() -> None:
    """A class below a test class is one, and so is what only a test suite loads."""
    made = project({"config.py": CONFIG}).config
    assert {one.role for one in made.held("config:Other")} == {"test"}
    files = {
        "app.py": "from flask import Flask\ndef create_app(cls):\n    app = Flask(__name__)\n    return app\n",
        "conf.py": "class Special:\n    A = 1\n",
        "tests/test_a.py": "from flask import Flask\nfrom conf import Special\nFlask('a').config.from_object(Special)\n",
    }
    assert settings(files)["A"] == [(1, "conf:Special", "test", True)]


def test_modules_of_settings() -> None:
    """A module of settings is loaded by name, by import or as a file, with what it imports by star."""
    files = {
        "conf/live.py": "import os\nfrom conf.base import *\nfrom os import *\nA = 1\nlower = 2\n",
        "conf/base.py": "B = 2\n",
        "conf/__init__.py": "",
    }
    for argument in (
        "from_object('conf.live')",
        "from_object(conf.live)",
        "from_pyfile('conf/live.py')",
        "from_pyfile('../conf/live.py')",
        "from_pyfile('other/../conf/live.py')",
    ):
        found = settings(
            {
                "app.py": f"from flask import Flask\nimport conf.live\napp = Flask(__name__)\napp.config.{argument}\n",
                **files,
            }
        )
        assert {key: rows[0][0] for key, rows in found.items()} == {"A": 1, "B": 2}
        assert found["A"] == [(1, "conf.live:", "production", True)]


@pytest.mark.parametrize(
    "argument",
    [
        'os.path.join(folder, name + ".py")',
        'os.path.join(os.path.dirname(app.root_path), "conf", name + ".py")',
        'f"../conf/{name}.py"',
        'Path(__file__).parent / "conf" / f"{name}.py"',
        'os.path.join(app.root_path, "..", "conf", name + ".py")',
        'os.path.join(BASE, "..", "conf", name + ".py")',
        'os.path.abspath(os.path.join(app.root_path, "other", "..", ".", "conf", name + ".py"))',
        'str(Path(__file__).parent / ".." / "conf" / f"{name}.py")',
    ],
)
def test_files_chosen_by_name(argument: str) -> None:
    """A file whose name is put together is one of those that fit; which of several cannot be told."""
    text = (
        "import os\nfrom flask import Flask\nBASE = os.path.abspath(os.path.dirname(__file__))\n"
        "def create_app(name):\n    app = Flask(__name__)\n"
        '    folder = os.path.join(os.path.dirname(app.root_path), "conf")\n'
        f"    app.config.from_pyfile({argument})\n    return app\n"
    )
    files = {"shop/__init__.py": text, "conf/live.py": "A = 1\n", "conf/test.py": "A = 2\n", "other.py": "A = 3\n"}
    found = settings(files)
    assert found["A"] == [(1, "conf.live:", "production", True)]
    one = settings({**files, "conf/dev.py": "A = 4\n"})
    assert one["A"] == [(4, "conf.dev:", "development", None), (1, "conf.live:", "production", None)]


@pytest.mark.parametrize(
    "argument", ['name + ".py"', "name", 'f"conf/{name}"', "*name", "a", 'os.path.join(folder, "x.py")', ""]
)
def test_files_that_nothing_tells(argument: str) -> None:
    """A name of which too little is known, or that no file fits, hides the load."""
    text = f"from flask import Flask\na = b\nb = a\napp = Flask(__name__)\napp.config.from_pyfile({argument})\n"
    assert list(settings({"app.py": text, "conf/live.py": "A = 1\n"})) == [""]


@pytest.mark.parametrize(
    ("argument", "seen"),
    [
        ("'plain.py'", False),
        ("os.path.join(app.instance_path, 'plain.py')", False),
        ("'../config/live.py'", True),
        ("os.path.join(BASE, '..', 'config', 'live.py')", True),
    ],
)
def test_files_of_other_roots(argument: str, *, seen: bool) -> None:
    """A bare name is that of a file below the directory whose manifest is nearest; a path may lead out of it."""
    text = (
        "import os\nfrom flask import Flask\nBASE = os.path.dirname(__file__)\napp = Flask(__name__)\n"
        f"app.config.from_pyfile({argument})\n"
    )
    files = {
        "api/app.py": text,
        "api/requirements.txt": "flask\n",
        "config/live.py": "A = 1\n",
        "other/plain.py": "A = 2\n",
    }
    found = settings(files)
    assert found.get("A", []) == ([(1, "config.live:", "production", True)] if seen else [])
    assert ("" in found) is not seen


def test_an_instance_in_a_module() -> None:
    """A text may name an instance of a class of settings."""
    files = {
        "app.py": "from flask import Flask\napp = Flask(__name__)\napp.config.from_object('conf.live')\n",
        "conf.py": "class Live:\n    A = 1\nlive = Live()\n",
    }
    assert settings(files)["A"] == [(1, "conf:Live", "production", True)]


def test_settings_that_nothing_loads() -> None:
    """Classes and modules that are named like settings count although no load of them is visible."""
    files = {
        "settings.py": "A = 1\n",
        "conf.py": "class ApiConfig:\n    B = 2\nclass Thing:\n    C = 3\n",
        "other.py": "D = 1\n",
    }
    assert settings(files) == {"A": [(1, "settings:", "base", None)], "B": [(2, "conf:ApiConfig", "base", None)]}


def test_a_class_below_a_loaded_one() -> None:
    """A class below one that is loaded is one of settings, whatever its name."""
    text = (
        "from flask import Flask\nclass Plain:\n    A = 1\nclass Below(Plain):\n    B = 2\n"
        "app = Flask(__name__)\napp.config.from_object(Plain)\n"
    )
    assert sorted(settings(text)) == ["A", "B"]


@pytest.mark.parametrize(
    ("path", "name", "role"),
    [
        ("tests/config.py", "Config", "test"),
        ("config.py", "TestingConfig", "test"),
        ("config.py", "DevelopmentConfig", "development"),
        ("config.py", "ProductionConfig", "production"),
        ("config.py", "Config", "base"),
        ("testing_config.py", "Config", "test"),
        ("dev.py", "Config", "development"),
        ("live.py", "Config", "base"),
        ("live.py", "", "production"),
        ("dev.py", "create_app", "base"),
        ("conf.py", "", "base"),
    ],
)
def test_roles(path: str, name: str, role: str) -> None:
    """The name of a class or module says what it is for."""
    (module,) = project({path: ""}).modules
    assert role_of(module, name) == role


def _made(text: str, **others: str) -> Project:
    return project({"app.py": HEAD + text, **{f"{name}.py": one for name, one in others.items()}})


def test_effective_and_value() -> None:
    """What counts leaves out tests, and development where there is something else."""
    classes = "class Config:\n    A = 1\nclass DevelopmentConfig:\n    A = 2\n    B = 3\nclass TestConfig:\n    A = 4\n    C = 5\n"
    made = _made("", config=classes).config
    assert [told(one.value) for one in made.effective("A")] == [1]
    assert [told(one.value) for one in made.effective("B")] == [3]
    assert made.effective("C") == []
    assert [told(one.value) for one in made.of("C", tests=True)] == [5]
    found = made.value("A")
    assert found is not None
    assert told(found) == 1
    assert made.value("C") is None
    two = _made("app.config['A'] = 1\napp.config['A'] = 2").config.value("A")
    assert two is not None
    assert told(two) == "Either"


def test_files() -> None:
    """Loads that cannot be seen are known, apart from one of several classes that a call chooses from."""
    made = _made("app.config.from_envvar('F')\napp.config.update(unseen())\napp.config.from_prefixed_env()").config
    assert [one.via for one in made.files] == ["from_envvar"]
    assert [one.via for one in made.hidden] == ["from_envvar", "update", "from_prefixed_env"]
    chosen = "from config import Production\nmap = {'a': Production, 'b': unseen}\napp.config.from_object(map[os.environ['M']])"
    assert _made(chosen, config=CONFIG).config.files == []


def test_subclasses() -> None:
    """A class of settings knows whether there is one below it, tests apart."""
    made = _made("", config=CONFIG, more="class A: pass\nclass TestA(A): pass\n").config
    assert made.has_subclass("config:Base")
    assert not made.has_subclass("config:Production")
    assert not made.has_subclass("more:A")


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ('app.config["MAIL_A"]', 1),
        ('x = app.config.get("MAIL_A")', 1),
        ("settings.MAIL_A", 1),
        ("make().MAIL_A", 1),
        ('if app.config["MAIL_A"]: pass', 1),
        ('app.config["MAIL_A"]["b"] = 1', 1),
        ("print(MAIL_A)", 1),
        ('x = {"b": MAIL_A}', 1),
        ('x = {MAIL_A: 1, **{"c": 1}}', 1),
        ('app.config["MAIL_A"] = 1', 0),
        ("MAIL_A = 1", 0),
        ('app.config.update({"MAIL_A": 1})', 0),
        ('app.config.setdefault("MAIL_A", 1)', 0),
        ('x = os.environ.get("MAIL_A")', 0),
        ('x = os.environ["MAIL_A"]', 0),
        ('x = env.str("MAIL_A")', 0),
        ('x = get_env("MAIL_A", MAIL_A)', 1),
        ('x = "mail_a"', 0),
    ],
)
def test_mentions(text: str, count: int) -> None:
    """A key is read by its text or as an attribute; writing it and asking the environment for it is no reading."""
    assert _made(text).config.mentions.get("MAIL_A", 0) == count


def test_handlers_without_a_type_are_passed_over() -> None:
    """Branches without a subject read nothing."""
    assert _made('try: pass\nexcept: print("MAIL_A")').config.mentions == {"MAIL_A": 1}


def test_reading_the_config() -> None:
    """A value that reads the app's config is what is written to it, unset or hidden where nothing visible is."""
    text = 'app.config["A"] = 1\nX = app.config["A"]\nY = app.config["B"]\nZ = table["A"]\n'
    for more, reason in (("", "unset"), ('app.config.from_envvar("F")\n', "")):
        made = _made(more + text)
        (module,) = made.modules
        x, y, z = (made.values.of(module, "", one.value) for one in module.facts.steps[-3:])
        assert told(x) == 1
        assert y == Hidden(reason)
        assert z == Hidden()


def test_a_key_that_is_set_to_another_is_hidden() -> None:
    """A setting whose value reads the config that is being worked out is not known."""
    assert told(only(HEAD + 'app.config["A"] = app.config["B"]\n', "A").value) == "Hidden"


def test_a_statement_is_read_once() -> None:
    """What a statement writes is worked out once."""
    made = _made('app.config["A"] = 1')
    (module,) = made.modules
    first = made.config.written_by(module, module.facts.steps[-1])
    assert made.config.written_by(module, module.facts.steps[-1]) is first


def test_nested_definitions_are_not_mentioned_twice() -> None:
    """A function's own body is read once, where it stands."""
    assert (
        _made('def f():\n    def g():\n        return app.config["MAIL_A"]\n    return g').config.mentions["MAIL_A"]
        == 1
    )
