from __future__ import annotations

import pytest

from tests.rules.test_together_decorator_above_route import HEAD
from tests.support import findings, lines

RULE = "together/cached-above-auth"
MORE = HEAD + (
    "from flask_jwt_extended import get_jwt_identity, jwt_optional\nfrom flask_login import current_user\n"
    "def by_user(): return str(current_user.id)\n"
)
AT = MORE.count("\n") + 2
ROUTE = '@app.route("/x")\n'
VIEW = "def v(): return 'x'\n"

GUARDS = [
    "jwt_required()",
    "jwt_required(refresh=True)",
    "login_required",
    'auth_required("token")',
    'roles_required("admin")',
    "basic.login_required",
    'basic.login_required(role="admin")',
    "admin.require(403)",
    "signed_in",
    "admin_only",
    "with_token",
]


@pytest.mark.parametrize("guard", GUARDS)
def test_fires_for_every_guard(guard: str) -> None:
    """A guard of any library, or of the project, that stands below the cache is passed by."""
    (found,) = findings(RULE, f"{MORE}{ROUTE}@cache.cached(60)\n@{guard}\n{VIEW}")
    assert (found.place.line, found.level.name) == (AT, "error")
    assert [one.place.line for one in found.related] == [AT + 1]
    shown = f"{guard.partition('(')[0]}()" if "(" in guard else guard
    assert f"`@cache.cached()` stands above `@{shown}`: " in found.message


@pytest.mark.parametrize("guard", GUARDS)
def test_the_guard_above_the_cache_is_right(guard: str) -> None:
    """A guard above the cache runs on each request."""
    assert lines(RULE, f"{MORE}{ROUTE}@{guard}\n@cache.cached(60)\n{VIEW}") == []


@pytest.mark.parametrize(
    ("code", "line"),
    [
        (f"{ROUTE}@cache.memoize(60)\n@login_required\n{VIEW}", AT),
        (f"{ROUTE}@cache.cached(60)\n@timed\n@login_required\nasync {VIEW}", AT),
        (f"{ROUTE}@login_required\n@cache.cached(60)\n@admin_only\n{VIEW}", AT + 1),
        (f"{ROUTE}@jwt_required(optional=True)\n@cache.cached(60)\n@jwt_required()\n{VIEW}", AT + 1),
        (f"{ROUTE}@roles_required('any')\n@cache.cached(60)\n@roles_required('admin')\n{VIEW}", AT + 1),
        (f"{VIEW}app.add_url_rule('/x', view_func=cache.cached(60)(login_required(v)))\n", AT),
        (
            (
                "class V(MethodView):\n    decorators = [login_required, cache.cached(60)]\n    def get(self): ...\n"
                "    def delete(self): ...\n"
            ),
            AT,
        ),
        (
            "class V(Resource):\n    method_decorators = [cache.cached(60)]\n    @jwt_required()\n    def get(self): ...\n",
            AT,
        ),
        ("class V(Resource):\n    @cache.cached(60)\n    @jwt_required()\n    def get(self): ...\n", AT),
        (f"minute = cache.cached(60)\n{ROUTE}@minute\n@login_required\n{VIEW}", AT + 1),
        (
            (
                "def minute(f):\n    @wraps(f)\n    @cache.cached(60)\n    def inner(): return f()\n    return inner\n"
                f"{ROUTE}@minute\n@login_required\n{VIEW}"
            ),
            AT + 5,
        ),
        (f"{ROUTE}@cache.cached(60)\ndef v():\n    verify_jwt_in_request()\n    return 'x'\n", AT),
        (f"{ROUTE}@cache.cached(60)\ndef v():\n    with admin.require(403):\n        return 'x'\n", AT),
        (f"{ROUTE}@cache.cached(60, key_prefix='x')\n@login_required\n{VIEW}", AT),
        (f"{ROUTE}@cache.cached(60, query_string=True)\n@login_required\n{VIEW}", AT),
        (f"{ROUTE}@cache.cached(60, unless=lambda: request.args)\n@login_required\n{VIEW}", AT),
    ],
)
def test_fires_in_every_spelling(code: str, line: int) -> None:
    """Classes, decorators applied by hand, variables, own decorators and checks in the body are seen."""
    assert lines(RULE, MORE + code) == [f"app.py:{line} error"]


@pytest.mark.parametrize(
    "code",
    [
        f"{ROUTE}@cache.cached(60)\n{VIEW}",
        f"{ROUTE}@cache.cached(60)\n@timed\n{VIEW}",
        f"{ROUTE}@cache.cached(60)\n@limiter.limit('1/day')\n{VIEW}",
        f"{ROUTE}@cache.cached(60)\n@jwt_required(optional=True)\n{VIEW}",
        f"{ROUTE}@cache.cached(60)\n@jwt_optional\n{VIEW}",
        f"{ROUTE}@login_required\n@cache.cached(60)\n@login_required\n{VIEW}",
        f"{ROUTE}@jwt_required()\n@cache.cached(60)\n@jwt_required()\n{VIEW}",
        f"{ROUTE}@roles_required('a')\n@cache.cached(60)\n@roles_required('a')\n{VIEW}",
        f"{ROUTE}@cache.cached(60, key_prefix=by_user)\n@login_required\n{VIEW}",
        f"{ROUTE}@cache.cached(60, unless=lambda: current_user.is_authenticated)\n@login_required\n{VIEW}",
        f"import x\n{ROUTE}@cache.cached(60, key_prefix=x.key)\n@login_required\n{VIEW}",
        f"import x\n{ROUTE}@cache.cached(60, unless=x.anyone)\n@login_required\n{VIEW}",
        f"import x\n{ROUTE}@cache.cached(**x.OPTIONS)\n@login_required\n{VIEW}",
        f"@cache.cached(60)\n{ROUTE}@login_required\n{VIEW}",
        f"@app.before_request\n@login_required\ndef check(): ...\n{ROUTE}@cache.cached(60)\n@login_required\n{VIEW}",
        "class V(MethodView):\n    decorators = [cache.cached(60), login_required]\n    def get(self): ...\n",
        f"{ROUTE}@cache.cached(60)\ndef v():\n    verify_jwt_in_request(optional=True)\n    return 'x'\n",
        f"{ROUTE}@login_required\n@cache.cached(60)\ndef v():\n    verify_jwt_in_request()\n    return 'x'\n",
        f"import x\n{ROUTE}@cache.cached(60)\ndef v():\n    x.require(1)\n    x.y.require(1)\n    return 'x'\n",
        f"@cache.cached(60, key_prefix='x')\n@login_required\n{VIEW}",
        f"from cachetools import cached\n{ROUTE}@cached(cache={{}})\n@login_required\n{VIEW}",
        f"from functools import lru_cache\n{ROUTE}@lru_cache\n@login_required\n{VIEW}",
        f"def cached(f): return f\n{ROUTE}@cached\n@login_required\n{VIEW}",
        f"def login_required(f): return f\n{ROUTE}@cache.cached(60)\n@login_required\n{VIEW}",
    ],
)
def test_stays_silent(code: str) -> None:
    """Right orders, keys with the identity, hooks that run first, what cannot be known, and strangers are no fault."""
    assert lines(RULE, MORE + code) == []


def test_a_hook_of_the_blueprint_protects_its_views_only() -> None:
    """A before_request of one blueprint runs before the cache there, not elsewhere."""
    code = MORE + (
        "@bp.before_request\ndef check():\n    if 'uid' not in session:\n        abort(401)\n"
        f'@bp.route("/a")\n@cache.cached(60)\n@login_required\ndef a(): ...\n{ROUTE}@cache.cached(60)\n@login_required\n{VIEW}'
    )
    assert lines(RULE, code) == [f"app.py:{AT + 8} error"]


def test_the_help_tells_when_the_answer_is_personal_too() -> None:
    """Where the view also depends on who asks, swapping is not enough, and the help says so."""
    plain = f"{MORE}{ROUTE}@cache.cached(60)\n@jwt_required()\n{VIEW}"
    (simple,) = findings(RULE, plain)
    (personal,) = findings(RULE, plain.replace("'x'\n", "get_jwt_identity()\n"))
    (inside,) = findings(RULE, f"{MORE}{ROUTE}@cache.cached(60)\ndef v():\n    verify_jwt_in_request()\n")
    assert "into the key" not in simple.help
    assert "depends on `get_jwt_identity()`" in personal.help
    assert "check before the cache does" in inside.help
    assert lines("together/cached-personal-answer", plain.replace("'x'\n", "get_jwt_identity()\n")) == []


def test_tests_are_no_suspects() -> None:
    """A test may show the fault."""
    assert lines(RULE, {"tests/test_x.py": f"{MORE}{ROUTE}@cache.cached(60)\n@login_required\n{VIEW}"}) == []
