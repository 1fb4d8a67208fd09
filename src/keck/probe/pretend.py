"""A caller whom every known guard lets in: for what happens behind the guards.

Only the child's copy of the libraries is changed, by their functions' code, so that names which other modules
imported see it too. What a guard of the project's own makes of such a caller stays its own.
"""

# ruff: noqa: ANN401 - objects of the app and its libraries are what they are

from __future__ import annotations

import sys
from types import CodeType, FunctionType
from typing import Any

_SOURCE = """
def jwt(optional=False, fresh=False, refresh=False, locations=None, verify_type=True, skip_revocation_check=False):
    if request.method in config.exempt_methods:
        return None
    g._jwt_extended_jwt_header = {"alg": "HS256", "typ": "JWT"}
    g._jwt_extended_jwt = {
        config.identity_claim_key: "keck", "jti": "keck", "fresh": True, "type": "refresh" if refresh else "access",
        "iat": 0, "nbf": 0, "exp": 4102444800, "csrf": "keck",
    }
    g._jwt_extended_jwt_user = {"loaded_user": 'the user'}
    g._jwt_extended_jwt_location = "headers"
    return g._jwt_extended_jwt_header, g._jwt_extended_jwt
def user(*args, **kwargs):
    return 'the user'
"""
_STUBS = {one.co_name: one for one in compile(_SOURCE, "<keck>", "exec").co_consts if isinstance(one, CodeType)}
_GUARDS = (
    ("flask_jwt_extended.view_decorators", "verify_jwt_in_request", "jwt"),
    ("flask_login.utils", "_get_user", "user"),
    ("flask_httpauth", "HTTPBasicAuth.authenticate", "user"),
    ("flask_httpauth", "HTTPDigestAuth.authenticate", "user"),
    ("flask_httpauth", "HTTPTokenAuth.authenticate", "user"),
    ("flask_httpauth", "HTTPAuth.authorize", "user"),
)


class User:
    """Someone who is and may everything."""

    is_authenticated = is_active = True
    is_anonymous = False
    id = "keck"

    def get_id(self) -> str:
        """Return the id, as Flask-Login asks for it."""
        return "keck"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *_: object, **__: object) -> Any:
        """Return somebody whom everything is granted, too."""
        return self


class Caller:
    """Who asks: nobody, or someone whom the known guards let in."""

    def __init__(self) -> None:
        self._codes: list[tuple[FunctionType, CodeType, CodeType]] = []
        user = User()
        for module, path, name in _GUARDS:
            function = _function(module, path)
            if function is not None and _fits(function, _STUBS[name]):
                stub = _STUBS[name]
                consts = tuple(user if one == "the user" else one for one in stub.co_consts)
                self._codes.append((function, function.__code__, stub.replace(co_consts=consts)))

    def __bool__(self) -> bool:
        return bool(self._codes)

    def let_in(self, welcome: bool) -> None:
        """Let the guards let everyone in from now on, or judge as they do."""
        for function, real, stub in self._codes:
            function.__code__ = stub if welcome else real


def _function(module: str, path: str) -> FunctionType | None:
    found: Any = sys.modules.get(module)
    for name in path.split("."):
        found = vars(found).get(name) if found is not None else None
    return found if type(found) is FunctionType else None


def _fits(function: FunctionType, stub: CodeType) -> bool:
    """Return whether the stub knows the parameters that the function is called with, and the names it needs."""
    code = function.__code__
    if code.co_freevars:
        return False
    if stub.co_name == "user":
        return True
    takes = set(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])
    return takes <= set(stub.co_varnames) and {"request", "config", "g"} <= set(function.__globals__)
