"""mail/recipients-not-a-list: a text where Flask-Mail takes a list of addresses."""

from __future__ import annotations

import pytest

from tests.rules.fixing import fixed, fixes
from tests.support import findings, lines

RULE = "mail/recipients-not-a-list"

HEAD = """import os

from flask import Flask, current_app, request
from flask_mail import Mail, Message
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
app.config["ADMIN"] = "boss@x.example"
app.config["ADMINS"] = ["boss@x.example"]
app.config["OFFICE"] = os.environ.get("OFFICE")
app.config["SALE"] = os.environ.get("SALE", "sales@x.example")
app.config["STAFF"] = os.environ.get("STAFF", "a@x.example,b@x.example")
app.config["PORT"] = os.environ.get("PORT", 25)
mail = Mail(app)
db = SQLAlchemy(app)
TEAM = "team@x.example"


class User(db.Model):
    email = db.Column(db.String(80), primary_key=True)
    age = db.Column(db.Integer)
    roles = db.Column(db.String(80))


class Form(User):
    email = db.Column(db.Text)
    address = db.Column(db.Text)

    def address(self): ...


"""


def sending(given: str, *, name: str = "recipients", before: str = "pass") -> str:
    """Return a program that sends a message."""
    return (
        HEAD
        + f"def send(user, form, to: str, many: list, other, *rest):\n    {before}\n    return Message('s', {name}={given})\n"
    )


TEXTS = {
    "literal": "'a@x.example'",
    "f-string": "f'{user}@x.example'",
    "percent": "'%s@x.example' % user",
    "plus": "'a' + '@x.example'",
    "or": "to or 'a@x.example'",
    "if": "to if user else 'a@x.example'",
    "str": "str(user)",
    "method": "user.email.strip()",
    "form": "request.form['email']",
    "form with get": "request.form.get('email')",
    "arguments": "request.args.get('email', 'x@x.example')",
    "constant": "TEAM",
    "parameter": "to",
    "attribute": "user.email",
    "config": "current_app.config['ADMIN']",
    "config from the environment": "current_app.config['SALE']",
    "variable of the environment": "os.environ['OFFICE']",
    "read with getenv": "os.getenv('OFFICE')",
}


@pytest.mark.parametrize("given", TEXTS.values(), ids=TEXTS.keys())
def test_texts_get_brackets(given: str) -> None:
    """A text is found wherever it comes from, and is put into a list, which brings nothing new."""
    (found,) = findings(RULE, sending(given))
    assert found.level.name == "error"
    assert f"recipients=[{given}])" in fixed(RULE, sending(given))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Message('s', 'a@x.example')", "Message('s', ['a@x.example'])"),
        ("Message('s', ['a@x.example'], 'b', 'h', [], 'me', 'c@x.example')", "'me', ['c@x.example'])"),
        ("Message(bcc='a@x.example')", "Message(bcc=['a@x.example'])"),
        ("mail.send_message('s', cc='a@x.example')", "cc=['a@x.example'])"),
    ],
)
def test_every_place_for_a_list(source: str, expected: str) -> None:
    """Recipients by position, copies, and `send_message()` take lists as well."""
    assert expected in fixed(RULE, HEAD + source + "\n")


def test_attributes_of_a_message() -> None:
    """A text that is assigned to a message's list is found; the same name of something else is not."""
    text = fixed(
        RULE,
        HEAD
        + "def f(user, mine):\n    m = Message('s')\n    m.recipients = user.email\n    mine.cc = 'a'\n    cc = 'a'\n",
    )
    assert "m.recipients = [user.email]\n    mine.cc = 'a'\n" in text


def test_a_variable() -> None:
    """A variable is a text where all that is assigned to it is one."""
    assert "recipients=[x])" in fixed(RULE, sending("x", before="x = str(user)"))
    before = "x = 'a@x.example'"
    assert "recipients=[x])" in fixed(RULE, sending("x", before=before))
    assert lines(RULE, sending("x", before=before + "\n    x = [x]")) == []


SILENT = {
    "list": "['a@x.example']",
    "none": "None",
    "empty": "''",
    "split": "'a@x.example'.split(',')",
    "parameter without annotation": "other",
    "parameter that is a list": "many",
    "star": "rest",
    "name that nobody knows": "odd",
    "number": "5",
    "config with a list": "current_app.config['ADMINS']",
    "config that may be a number": "current_app.config['PORT']",
    "config that is not set": "current_app.config['NOBODY']",
    "integer column": "user.age",
    "column with an odd name": "user.roles",
    "column that a method hides": "user.address",
    "unknown column": "user.mails",
    "own attribute": "self.email",
    "field of a form": "form.email",
    "deeper attribute": "user.profile.email",
    "list or text": "other if user else 'a@x.example'",
    "text plus something": "'a' + other",
    "something plus text": "other + 'a'",
    "call": "user()",
    "method of it": "user.emails()",
    "entry": "user['email']",
    "lambda": "(lambda: 'a')",
    "deep": "a or (a or (a or (a or (a or 'x'))))",
}


@pytest.mark.parametrize("given", SILENT.values(), ids=SILENT.keys())
def test_what_may_be_a_list(given: str) -> None:
    """A list, nothing, and what may be either are passed over."""
    assert lines(RULE, sending(given)) == []


def test_a_parameter_that_is_made_a_list() -> None:
    """A parameter annotated as a text that the function makes a list of is passed over."""
    assert lines(RULE, sending("to", before="if isinstance(to, str):\n        to = [to]")) == []


def test_strangers_and_tests() -> None:
    """Messages of other libraries, and those of a test suite, are passed over."""
    source = sending("'a@x.example'")
    assert lines(RULE, source.replace("from flask_mail import Mail, Message", "from odd import Mail, Message")) == []
    assert lines(RULE, {"tests/test_mail.py": source}) == []
    text = "from flask_mail import Message\nm = Message('s')\nm.cc = 'a'\n"
    assert lines(RULE, {"tests/test_mail.py": text, "a.py": "import flask_mail"}) == []


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("'a@x.example, b@x.example'", 'recipients=["a@x.example", "b@x.example"])'),
        ("'a@x.example;b@x.example'", 'recipients=["a@x.example", "b@x.example"])'),
    ],
)
def test_several_addresses_in_one_literal(given: str, expected: str) -> None:
    """A literal with several addresses becomes a list of them."""
    assert expected in fixed(RULE, sending(given))


@pytest.mark.parametrize(
    "given",
    ["'a, b'", "f'{user},{user}'", "','.join(many)", "current_app.config['STAFF']", "os.environ['ADMINS']", "A_LIST"],
)
def test_no_fix_where_there_may_be_several(given: str) -> None:
    """A text that may hold several addresses is not taken for one."""
    source = sending(given).replace("TEAM =", "A_LIST = 'a@x.example'\nTEAM =")
    assert fixes(RULE, source) == [None]


@pytest.mark.parametrize(("name", "safe"), [("recipients", True), ("cc", False)])
def test_a_copy_to_nobody(name: str, safe: bool) -> None:
    """A message without recipients fails either way; a copy to nobody works until it is put in a list."""
    (fix,) = fixes(RULE, sending("current_app.config['OFFICE']", name=name))
    assert fix is not None
    assert fix.safe == safe
    (sure,) = fixes(RULE, sending("current_app.config['ADMIN']", name=name))
    assert sure is not None
    assert sure.safe
