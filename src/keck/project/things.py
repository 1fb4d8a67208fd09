"""What a value can be: an extension, an app, a blueprint, a function, a class."""

from __future__ import annotations

from dataclasses import dataclass, field

from keck.facts.expr import Call
from keck.finding import Place
from keck.project.module import Module

EXTENSIONS = {
    "flask_sqlalchemy.SQLAlchemy": "sqlalchemy",
    "flask_migrate.Migrate": "migrate",
    "flask_jwt_extended.JWTManager": "jwt",
    "flask_cors.CORS": "cors",
    "flask_caching.Cache": "caching",
    "flask_cache.Cache": "caching",
    "flask_limiter.Limiter": "limiter",
    "flask_mail.Mail": "mail",
    "flask_mailman.Mail": "mailman",
}
"""The classes of the seven extensions, and Flask-Mailman's, whose keys are Flask-Mail's, by symbol."""

APPS = {
    "flask.Flask": "app",
    "apiflask.APIFlask": "app",
    "flask_openapi3.OpenAPI": "app",
    "connexion.FlaskApp": "app",
    "connexion.App": "app",
    "connexion.apps.flask.FlaskApp": "app",
    "connexion.apps.flask_app.FlaskApp": "app",
    "flask_appbuilder.Flask": "app",
    "flask_api.FlaskAPI": "app",
}
BLUEPRINTS = {
    "flask.Blueprint": "blueprint",
    "apiflask.APIBlueprint": "blueprint",
    "flask_smorest.Blueprint": "blueprint",
    "flask_rest_api.Blueprint": "blueprint",
    "flask_openapi3.APIBlueprint": "blueprint",
    "flask_restx.Namespace": "namespace",
    "flask_restplus.Namespace": "namespace",
}
KINDS = {**EXTENSIONS, **APPS, **BLUEPRINTS}
SEVEN = ("sqlalchemy", "migrate", "jwt", "cors", "caching", "limiter", "mail")
"""The kinds of the seven extensions, as `Site.kind` has them."""

TITLES = {
    "sqlalchemy": "SQLAlchemy",
    "migrate": "Migrate",
    "jwt": "JWTManager",
    "cors": "CORS",
    "caching": "Cache",
    "limiter": "Limiter",
    "mail": "Mail",
    "mailman": "Mail",
}
"""The name of each extension's class, for messages."""


@dataclass(frozen=True, slots=True)
class Site:
    """A value that is made by a call: where, and what it is.

    `kind` is one of `SEVEN`, ``mailman``, ``app``, ``blueprint``, ``namespace``, ``object`` (an instance of the
    project's own class) or ``external`` (what some library made). `cls` is the symbol of what is called.
    """

    kind: str
    cls: str
    path: str
    line: int
    column: int
    module: Module = field(compare=False, repr=False)
    scope: str = field(compare=False)
    call: Call = field(compare=False, repr=False)

    @property
    def place(self) -> Place:
        """Where the call stands."""
        return self.module.place(self.call)


@dataclass(frozen=True, slots=True)
class Named:
    """A value that has a name: `kind` is ``function``, ``class``, ``module`` or ``external``."""

    kind: str
    symbol: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that cannot be known from the source; `why` says what hid it."""

    why: str = ""


Thing = Site | Named | Unknown
UNKNOWN = Unknown()


def app_like(things: frozenset[Thing]) -> bool:
    """Whether one of the things is an app or ``flask.current_app``."""
    return any(
        (isinstance(one, Site) and one.kind == "app")
        or (isinstance(one, Named) and one.symbol.startswith("flask.current_app"))
        for one in things
    )
