"""Imports that an edit needs are found where they stand, or added where they belong."""

from __future__ import annotations

import pytest

from keck.edit import Import
from keck.fixes.apply import Unfit, applied
from tests.fixes.places import place


def _with(text: str, imported: str, piece: str = "use") -> str:
    return applied(text, [Import(place(text, piece), imported)])


@pytest.mark.parametrize(
    ("text", "imported"),
    [
        ("from flask import request\nuse\n", "from flask import request"),
        ("import os\nuse\n", "import os"),
        ("def f():\n    from flask import request\n    use\n", "from flask import request"),
        ("def f():\n    use\nfrom flask import request\n", "from flask import request"),
        ("from flask import request as r\nuse\n", "from flask import request as r"),
        ("try:\n    import a\nexcept ImportError:\n    import a\nuse\n", "import a"),
        ("class A:\n    from a import b\n    use\n", "from a import b"),
        ("from a import (b,\n    use)\n", "from a import b"),
    ],
)
def test_what_is_imported_is_not_imported_again(text: str, imported: str) -> None:
    """A name that is bound to the same thing where it is used needs nothing."""
    assert _with(text, imported) == text


@pytest.mark.parametrize(
    ("text", "imported", "after"),
    [
        ("use\n", "import os", "import os\n\nuse\n"),
        ("a = 1\nfrom b import c\nuse\n", "from b import d", "a = 1\nfrom b import c, d\nuse\n"),
        (
            "def f(): use\nfrom b import c\n",
            "from b import d",
            "def f(): use\nfrom b import c, d\n",
        ),
        (
            "import a\n\nuse\nfrom b import c\n",
            "from b import d",
            "import a\nfrom b import d\n\nuse\nfrom b import c\n",
        ),
        ('"""Doc."""\nuse\n', "import os", '"""Doc."""\n\nimport os\n\nuse\n'),
        ("import re\n\nuse\n", "import os", "import os\nimport re\n\nuse\n"),
        ("import a\n\nuse\n", "import os", "import os\n\nimport a\n\nuse\n"),
        ("import os\n\nuse\n", "import flask", "import os\n\nimport flask\n\nuse\n"),
        ("import os\nimport flask\n\nuse\n", "import sys", "import os\nimport sys\nimport flask\n\nuse\n"),
        ("import flask\n\nuse\n", "from .models import db", "import flask\n\nfrom .models import db\n\nuse\n"),
        (
            "from __future__ import annotations\n\nuse\n",
            "import os",
            "from __future__ import annotations\n\nimport os\n\nuse\n",
        ),
        ("# c\nimport b\nuse\n", "import a", "# c\nimport a\nimport b\nuse\n"),
        ("from x import b\nuse\n", "from x import a", "from x import a, b\nuse\n"),
        ("from x import a, c\nuse\n", "from x import b", "from x import a, b, c\nuse\n"),
        ("from x import c, a\nuse\n", "from x import b", "from x import c, a, b\nuse\n"),
        (
            "from x import (\n    a,\n    c,\n)\nuse\n",
            "from x import b",
            "from x import (\n    a,\n    b,\n    c,\n)\nuse\n",
        ),
        ("from x import (\n    a,\n)\nuse\n", "from x import b", "from x import (\n    a,\n    b,\n)\nuse\n"),
        ("from x import (a)\nuse\n", "from x import b", "from x import (a, b)\nuse\n"),
        ("from x import A, B, a\nuse\n", "from x import C", "from x import A, B, C, a\nuse\n"),
        ("from x import a, B, c\nuse\n", "from x import d", "from x import a, B, c, d\nuse\n"),
        ("from x import *\nuse\n", "from x import b", "from x import *\nfrom x import b\nuse\n"),
        ("from x import a\nuse\n", "from .x import b", "from x import a\n\nfrom .x import b\nuse\n"),
        ("if a:\n    import os\nuse\n", "import os", "import os\n\nif a:\n    import os\nuse\n"),
        ("use\nimport os\n", "import os", "import os\n\nuse\nimport os\n"),
        ("import os.path\nuse\n", "import sys", "import os.path\nimport sys\nuse\n"),
        (
            "class A:\n    b = 1\n    def f(self):\n        use\n",
            "from a import b",
            "from a import b\n\nclass A:\n    b = 1\n    def f(self):\n        use\n",
        ),
        (
            "try:\n    import a\nexcept ImportError:\n    pass\nimport b\nuse\n",
            "import c",
            "try:\n    import a\nexcept ImportError:\n    pass\nimport b\nimport c\nuse\n",
        ),
        (
            "try:\n    import a\nexcept ImportError:\n    a = 1\nuse\n",
            "import b",
            "import b\n\ntry:\n    import a\nexcept ImportError:\n    a = 1\nuse\n",
        ),
        ("from . import a\nuse\n", "from . import b", "from . import a, b\nuse\n"),
        ("", "import os", "import os\n"),
    ],
)
def test_what_is_missing_is_added_where_it_belongs(text: str, imported: str, after: str) -> None:
    """A new import joins one from the same module, else its group, and stands before its use."""
    assert _with(text, imported, "use" if text else "") == after


@pytest.mark.parametrize(
    ("text", "imported"),
    [
        ("request = 1\nuse\n", "from flask import request"),
        ("from other import request\nuse\n", "from flask import request"),
        ("def f(request):\n    use\n", "from flask import request"),
        ("def f():\n    for request in x:\n        use\n", "from flask import request"),
        ("def request(): pass\nuse\n", "from flask import request"),
        ("use\n", "request = 1"),
        ("use\n", "import"),
    ],
)
def test_a_name_that_means_something_else(text: str, imported: str) -> None:
    """A name that is taken where it is needed is not imported over."""
    with pytest.raises(Unfit):
        _with(text, imported)


def test_two_edits_that_need_one_import_get_one() -> None:
    """The same import is added once."""
    text = "use\nuse\n"
    edits = [Import(place(text, "use", nth), "import os") for nth in (0, 1)]
    assert applied(text, edits) == "import os\n\nuse\nuse\n"
