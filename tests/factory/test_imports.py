"""Import statements: names that they lose, that come from elsewhere, that are new."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

import libcst as cst
import pytest

from keck.factory.imports import DROP, added, rewritten
from keck.factory.uses import bound_by


def rewrite(line: str, decided: Mapping[str, str]) -> str:
    """Return an import line of which some names are dropped (an empty text) or come from another module."""
    node = cst.parse_statement(line)
    assert isinstance(node, cst.SimpleStatementLine)
    return (
        cst.Module([])
        .with_changes(body=rewritten(node, lambda _, alias: decided.get(bound_by(alias))))
        .code.strip("\n")
    )


@pytest.mark.parametrize(
    ("line", "decided", "result"),
    [
        ("from app import app\n", {}, "from app import app\n"),
        ("from app import *\n", {"app": DROP}, "from app import *\n"),
        ("from app import app\n", {"app": DROP}, ""),
        ("from app import app, db\n", {"app": DROP}, "from app import db\n"),
        ("from app import db, app\n", {"app": DROP}, "from app import db\n"),
        ("from app import a, app, b  # why\n", {"app": DROP}, "from app import a, b  # why\n"),
        ("from app import db\n", {"db": "extensions"}, "from extensions import db\n"),
        ("from app import db  # why\n", {"db": "extensions"}, "from extensions import db  # why\n"),
        ("from app import db as d, Item\n", {"d": ".ext"}, "from app import Item\nfrom .ext import db as d\n"),
        ("import app, os\n", {"app": DROP}, "import os\n"),
        ("import app; import os\n", {"app": DROP}, "import os\n"),
        ("import os; import app\n", {"app": DROP}, "import os\n"),
        ("import app; print(1)\n", {"app": DROP}, "print(1)\n"),
        ("# a\nfrom app import app, db\n", {"app": DROP, "db": "ext"}, "# a\nfrom ext import db\n"),
        (
            "from app import (\n    app,\n    db,\n)\n",
            {"app": DROP},
            "from app import (\n    db,\n)\n",
        ),
    ],
)
def test_an_import_has_its_names_where_they_are(line: str, decided: Mapping[str, str], result: str) -> None:
    """A name is dropped or comes from another module, the others stay as they are, comments too."""
    assert rewrite(line, decided) == result.strip("\n")


def add(code: str, source: str, names: Sequence[str]) -> str:
    """Return a module with some more names imported."""
    return cst.Module(added(cst.parse_module(textwrap.dedent(code)).body, source, names)).code


@pytest.mark.parametrize(
    ("code", "source", "names", "result"),
    [
        ("x = 1\n", "flask", [], "x = 1\n"),
        ("x = 1\n", "flask", ["g"], "from flask import g\nx = 1\n"),
        ("", "flask", ["g"], "from flask import g\n"),
        ("", "", ["click"], "import click\n"),
        ('"""D."""\nx = 1\n', "flask", ["g"], '"""D."""\nfrom flask import g\nx = 1\n'),
        ("from flask import Flask\n", "flask", ["current_app"], "from flask import Flask, current_app\n"),
        ("from flask import Flask, g\n", "flask", ["current_app"], "from flask import Flask, current_app, g\n"),
        ("from flask import Flask\n", "flask", ["Flask"], "from flask import Flask\n"),
        ("from flask import b, a\n", "flask", ["aa"], "from flask import b, a, aa\n"),
        ("from flask import a\n", "flask", ["b as c"], "from flask import a, b as c\n"),
        ("from flask import *\n", "flask", ["g"], "from flask import *\nfrom flask import g\n"),
        ("from .ext import db\n", ".ext", ["ma"], "from .ext import db, ma\n"),
        ("from . import db\n", ".", ["ma"], "from . import db, ma\n"),
        (
            "from flask import (\n    Flask,\n    g,\n)\n",
            "flask",
            ["request"],
            "from flask import (\n    Flask,\n    g,\n    request,\n)\n",
        ),
        ("import os\nimport zlib\n", "", ["click"], "import os\nimport zlib\nimport click\n"),
        ("import os\nimport zoo\n", "", ["click"], "import os\nimport click\nimport zoo\n"),
        ("import os\nfrom flask import g\n", "", ["click"], "import os\nimport click\nfrom flask import g\n"),
        (
            "from __future__ import annotations\nfrom flask import g\n",
            "flask.cli",
            ["AppGroup"],
            "from __future__ import annotations\nfrom flask import g\nfrom flask.cli import AppGroup\n",
        ),
        (
            "import a\nfrom .b import c\nfrom . import d\n",
            "flask",
            ["g"],
            "import a\nfrom flask import g\nfrom .b import c\nfrom . import d\n",
        ),
        ('"""D."""\n# top\nimport zoo\n', "", ["click"], '"""D."""\n# top\nimport click\nimport zoo\n'),
    ],
)
def test_a_new_name_stands_among_its_like(code: str, source: str, names: list[str], result: str) -> None:
    """A name goes into the import that there is, in its order, else into a new one that is sorted in."""
    assert add(code, source, names) == result
