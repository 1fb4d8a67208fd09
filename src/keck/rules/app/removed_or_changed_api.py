"""Code uses what a library no longer offers.

What:
    A name, an argument or a way to call that the versions of today do not have: `from flask import Markup`,
    `@jwt_optional`, `Limiter(app, key_func=...)`, `query.paginate(1, 20)`, `db.create_all(app=app)`,
    `storage_url=`, `flask.ext`, `db.session.execute("SELECT 1")`, `app.before_first_request` and others.

Why:
    The import, the start or the first request that comes there fails: ImportError, AttributeError, TypeError.
    What a manifest pins decides: where a version is pinned that still has it, it is a note, and says with
    which version it will go.

Fix:
    What stands instead is in the message. `keck fix` writes it where it means the same: names that have moved or
    were renamed, arguments that are given by name, `jwt_required(optional=True)`. Where a replacement does
    something else too, it is written when unsafe fixes are asked for; where the function behind it has to be
    written anew, as for callbacks of Flask-JWT-Extended 4, it is not.

When to ignore it:
    Where the project stays with an old version that no file pins.

Evidence:
    Each was tried with Flask 3.1.3, Flask-SQLAlchemy 3.1.1, SQLAlchemy 2.1.9, Flask-JWT-Extended 4.7.4,
    Flask-Limiter 4.1.1 with limits 5.8.0 and Flask-Migrate 4.1.0. Public threads: alisaifee/flask-limiter #384
    and #390, vimalloc/flask-jwt-extended #391 and #511, authlib/example-oauth2-server #95,
    pallets-eco/flask-sqlalchemy #1129. Of 87 public repositories looked at, 5 have the old `Limiter(app, ...)`,
    6 `paginate()` with arguments by position, 2 `before_first_request`.
"""

from __future__ import annotations

from collections.abc import Iterator

from keck.finding import Finding, Level
from keck.known.apis import ATTRIBUTES, KEYWORDS, NAMES
from keck.project import Project
from keck.rule import Rule
from keck.rules.app._gone import judged
from keck.rules.app._gone_calls import calls
from keck.rules.app._gone_names import attributes, imported

rule = Rule(
    __name__,
    level=Level.error,
    needles=tuple(
        sorted(
            {
                *(one.rpartition(".")[2] for one in NAMES),
                *(name.rpartition(".")[2] for _, name in ATTRIBUTES),
                *(name for _, name in KEYWORDS),
                *(
                    "flask.ext",
                    "paginate(",
                    "Limiter(",
                    "create_all",
                    "get_engine",
                    "session.execute",
                    "select([",
                    "elastic",
                ),
            }
        )
    ),
)


@rule.in_code
def check(project: Project) -> Iterator[Finding]:
    """Yield the uses of what is gone, or will go with a version above the pinned one."""
    uses = [one for module in project.modules if not module.is_test for one in imported(project, module)]
    uses += [one for module in project.modules if not module.is_test for one in attributes(project, module)]
    uses += calls(project)
    for one in uses:
        level, when, fix = judged(project, one)
        yield rule.finding(
            one.place,
            f"{one.what} {when}",
            one.gone.advice,
            level=level,
            symbol=f"{one.module.name}:{one.symbol}",
            fix=fix,
        )
