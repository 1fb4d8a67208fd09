"""sqlalchemy/no-rollback-after-failed-flush: handlers after which a broken session is used."""

from __future__ import annotations

import pytest

from tests.rules.fixing import fixed, fixes
from tests.support import findings, lines

RULE = "sqlalchemy/no-rollback-after-failed-flush"

HEAD = """from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

app = Flask(__name__)
db = SQLAlchemy(app)


class Item(db.Model):
    id = db.Column(db.Integer, primary_key=True)


def log(text): ...


def clean():
    db.session.rollback()


"""


def program(body: str) -> str:
    """Return a program with a function of this body."""
    return HEAD + "def f(rows, other):\n" + "".join(f"    {line}\n" for line in body.strip("\n").splitlines())


FIRING = {
    "loop": """
for row in rows:
    try:
        db.session.add(Item())
        db.session.commit()
    except Exception as e:
        log(e)
""",
    "loop and what follows": """
for row in rows:
    try:
        db.session.commit()
    except Exception:
        log(row)
log(rows)
""",
    "while and continue": """
while rows:
    try:
        db.session.flush()
    except SQLAlchemyError:
        continue
    log(rows)
""",
    "in the handler": """
try:
    db.session.commit()
except IntegrityError:
    db.session.add(Item())
    db.session.commit()
    return False
""",
    "afterwards": """
try:
    db.session.flush()
except:
    pass
return Item.query.all()
""",
    "after a condition": """
if rows:
    try:
        db.session.flush()
    except Exception:
        log("no")
if other:
    db.session.execute(other)
""",
    "leaves only sometimes": """
try:
    db.session.flush()
except Exception:
    if rows:
        return 1
db.session.commit()
""",
    "after a break": """
for row in rows:
    try:
        db.session.commit()
    except Exception:
        break
db.session.scalars(other)
""",
    "after the loop's own end": """
for row in rows:
    try:
        db.session.commit()
    except Exception:
        log(row)
    break
db.session.scalars(other)
""",
    "a second handler": """
try:
    db.session.commit()
except IntegrityError:
    db.session.rollback()
except Exception:
    log("no")
db.session.commit()
""",
    "finally": """
try:
    db.session.commit()
except Exception:
    log("no")
finally:
    db.session.execute(other)
""",
    "nested": """
try:
    if rows:
        db.session.commit()
except (ValueError, SQLAlchemyError):
    log("no")
db.session.get(Item, 1)
""",
    "another statement than the handler's": """
try:
    db.session.commit()
except Exception:
    log("no")
try:
    db.session.commit()
except Exception:
    db.session.rollback()
""",
}


@pytest.mark.parametrize("body", FIRING.values(), ids=FIRING.keys())
def test_sessions_that_are_used_again(body: str) -> None:
    """A session that is asked again after a failed flush, without a rollback, is found at the handler."""
    (found,) = findings(RULE, program(body))
    assert found.level.name == "warning"
    assert [one.message for one in found.related] == ["this may fail", "this then fails as well"]


SILENT = {
    "rolls back": "try:\n    db.session.commit()\nexcept Exception:\n    db.session.rollback()\ndb.session.commit()",
    "rolls back later": "try:\n    db.session.commit()\nexcept Exception:\n    log(1)\ndb.session.rollback()\ndb.session.commit()",
    "rolls back in a function": "try:\n    db.session.commit()\nexcept Exception:\n    clean()\ndb.session.commit()",
    "gives it away": "try:\n    db.session.commit()\nexcept Exception:\n    other(db.session)\ndb.session.commit()",
    "gives the database away": "try:\n    db.session.commit()\nexcept Exception:\n    other(db)\ndb.session.commit()",
    "finally closes": "try:\n    db.session.commit()\nexcept Exception:\n    log(1)\nfinally:\n    db.session.close()\ndb.session.commit()",
    "raises": "for row in rows:\n    try:\n        db.session.commit()\n    except Exception:\n        raise",
    "answers": "try:\n    db.session.commit()\nexcept Exception:\n    return 'no', 500\ndb.session.commit()",
    "aborts": "try:\n    db.session.commit()\nexcept Exception:\n    abort(500)\ndb.session.commit()",
    "breaks": "for row in rows:\n    try:\n        db.session.commit()\n    except Exception:\n        break",
    "ends after it": "try:\n    db.session.commit()\nexcept Exception:\n    log(1)",
    "returns after it": "try:\n    db.session.commit()\nexcept Exception:\n    log(1)\nreturn 1\ndb.session.commit()",
    "loop returns": "for row in rows:\n    try:\n        db.session.commit()\n    except Exception:\n        log(1)\n    return 1",
    "no query": "try:\n    db.session.commit()\nexcept Exception:\n    log(1)\nreturn other.query.all(), db.session.add(1), (lambda: 1)()",
    "other error": "for row in rows:\n    try:\n        db.session.commit()\n    except ValueError:\n        log(1)",
    "known error first": "try:\n    db.session.commit()\nexcept SQLAlchemyError:\n    return\nexcept Exception:\n    log(1)\ndb.session.commit()",
    "savepoint": "for row in rows:\n    try:\n        with db.session.begin_nested():\n            db.session.flush()\n    except Exception:\n        log(1)",
    "transaction": "with db.session.begin():\n    try:\n        db.session.flush()\n    except Exception:\n        log(1)\n    db.session.commit()",
    "other branch": "if rows:\n    try:\n        db.session.commit()\n    except Exception:\n        log(1)\nelse:\n    db.session.commit()",
    "loop ends": "for row in rows:\n    try:\n        db.session.commit()\n    except Exception:\n        break\n    db.session.commit()\nlog(1)",
    "out of the loop by a condition": "for row in rows:\n    try:\n        log(1)\n    except ValueError:\n        pass\ntry:\n    db.session.commit()\nexcept Exception:\n    log(1)",
    "other handler": "try:\n    try:\n        db.session.commit()\n    except Exception:\n        log(1)\nexcept ValueError:\n    db.session.commit()",
    "in a handler": "try:\n    log(1)\nexcept ValueError:\n    db.session.commit()\nexcept Exception:\n    log(2)\ndb.session.commit()",
    "no try": "db.session.commit()\ndb.session.commit()",
    "no session": "for row in rows:\n    try:\n        other.commit()\n    except Exception:\n        log(1)",
    "stranger's session": "for row in rows:\n    try:\n        other.session.commit()\n    except Exception:\n        log(1)",
    "call before it": "for row in rows:\n    try:\n        other().commit()\n    except Exception:\n        log(1)",
    "no handler": "try:\n    db.session.commit()\nfinally:\n    log(1)\ndb.session.commit()",
}  # fmt: skip


@pytest.mark.parametrize("body", SILENT.values(), ids=SILENT.keys())
def test_handlers_that_do_no_harm(body: str) -> None:
    """A handler that rolls back, leaves, takes other errors, or after which nobody asks the session, is none."""
    assert lines(RULE, program(body)) == []


def test_tests_and_lambdas() -> None:
    """A test suite is passed over, and what is only defined is not run."""
    assert lines(RULE, {"tests/test_x.py": program(FIRING["loop"])}) == []
    text = "try:\n    db.session.commit()\nexcept Exception:\n    log(1)\ndef later():\n    db.session.commit()\nlater = lambda: 1"
    assert lines(RULE, program(text)) == []


def test_one_finding_a_handler() -> None:
    """Of several flushes in one `try` one is told."""
    body = FIRING["loop"].replace("db.session.commit()", "db.session.flush()\n        db.session.commit()")
    assert len(lines(RULE, program(body))) == 1


@pytest.mark.parametrize(
    ("body", "safe"),
    [
        (FIRING["in the handler"], True),
        (FIRING["while and continue"], True),
        (FIRING["loop"], True),
        (FIRING["loop"].replace("Item()", "other(row)"), False),
        (FIRING["nested"], True),
        (FIRING["nested"].replace("db.session.commit()", "db.session.commit(); log(1)"), False),
    ],
)
def test_a_rollback_is_safe_where_only_the_database_fails(body: str, safe: bool) -> None:
    """A rollback after any other error discards what is not to blame: an unsafe fix."""
    (fix,) = fixes(RULE, program(body))
    assert fix is not None
    assert (fix.safe, bool(fix.changes)) == (safe, not safe)


def test_the_rollback_is_the_first_statement() -> None:
    """The rollback is written first in the handler, beside what stands there."""
    text = fixed(RULE, program(FIRING["afterwards"]))
    assert "    except:\n        db.session.rollback()\n        pass\n" in text
    short = FIRING["afterwards"].replace("except:\n    pass", "except Exception: pass")
    assert "    except Exception:\n        db.session.rollback()\n        pass\n" in fixed(RULE, program(short))


def test_no_fix_where_the_name_may_not_be_bound() -> None:
    """A database that is imported in the `try` itself may have no name in its handler."""
    files = {
        "models.py": HEAD,
        "job.py": """
            def f():
                try:
                    from models import db
                    db.session.commit()
                except Exception:
                    pass
                db.session.commit()
            """,
    }
    assert fixes(RULE, files) == [None]
