"""mail/blocks-request: what of a view's work waits for the mail server."""

from __future__ import annotations

import pytest

from tests.support import findings, lines

RULE = "mail/blocks-request"
HEAD = """
from threading import Thread
from flask import Blueprint, Flask, current_app
from flask_mail import Mail, Message
app = Flask(__name__)
mail = Mail(app)
"""


def levels(body: str) -> list[str]:
    """Return the levels of what the rule finds under an app and its mail."""
    return [one.level.name for one in findings(RULE, HEAD + body)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("@app.post('/')\ndef view():\n    mail.send(Message('a'))", ["note"]),
        ("@app.post('/')\ndef view():\n    mail.send_message('a')", ["note"]),
        ("@app.post('/')\nasync def view():\n    mail.send(Message('a'))", ["note"]),
        ("app.mail = mail\n@app.post('/')\ndef view():\n    current_app.mail.send(Message('a'))", ["note"]),
        ("@app.post('/')\ndef view():\n    current_app.extensions['mail'].send(Message('a'))", ["note"]),
        ("def helper():\n    mail.send(1)\n@app.post('/')\ndef view():\n    helper()", ["note"]),
        ("@app.post('/')\ndef view():\n    def inner():\n        mail.send(1)\n    inner()", ["note"]),
        ("@app.post('/')\ndef view():\n    if mail.send(1):\n        return 'x'", ["note"]),
        ("@app.post('/')\ndef view(users):\n    for one in users:\n        mail.send(one)", ["warning"]),
        ("@app.post('/')\ndef view(users):\n    while users:\n        mail.send(users.pop())", ["warning"]),
        ("@app.post('/')\ndef view(users):\n    [mail.send(one) for one in users]", ["warning"]),
        (
            "def helper(one):\n    mail.send(one)\n@app.post('/')\ndef view(users):\n    for one in users:\n        helper(one)",
            ["warning"],
        ),
        ("@app.post('/')\ndef view(tries):\n    for attempt in range(3):\n        mail.send(1)", ["note"]),
        ("@app.post('/')\ndef view():\n    for _ in range(MAX_RETRIES):\n        mail.send(1)", ["note"]),
        ("@app.post('/')\ndef view():\n    while True:\n        mail.send(1)", ["note"]),
        (
            "@app.post('/')\ndef view(users):\n    with mail.connect() as conn:\n        for one in users:\n            conn.send(one)",
            ["note"],
        ),
        ("def f(sync=True):\n    if sync:\n        mail.send(1)\n@app.post('/')\ndef view():\n    f()", ["note"]),
        (
            "def f(now):\n    if not now:\n        return\n    mail.send(1)\n@app.post('/')\ndef view():\n    f(True)",
            ["note"],
        ),
        (
            "def f(how):\n    if how == 'now':\n        mail.send(1)\n@app.post('/')\ndef view():\n    f('now')",
            ["note"],
        ),
        ("def f(how):\n    if how:\n        mail.send(1)\n@app.post('/')\ndef view(kind):\n    f(kind)", ["note"]),
        (
            "def f(how=False):\n    if how:\n        mail.send(1)\n@app.post('/')\ndef view(kind):\n    f(**kind)",
            ["note"],
        ),
        (
            "def f(a, how=False):\n    if a or how:\n        mail.send(1)\n@app.post('/')\ndef view():\n    f(1)",
            ["note"],
        ),
        (
            "def f(a=False, b=False):\n    with lock:\n        if a:\n            return\n    mail.send(1)\n@app.post('/')\ndef view():\n    f()",
            ["note"],
        ),
        (
            "def f(a=False):\n    for x in y:\n        if not a:\n            return\n    mail.send(1)\n@app.post('/')\ndef view():\n    f()",
            ["note"],
        ),
        (
            "class M:\n    def go(self, sync=True):\n        if sync:\n            mail.send(1)\nm = M()\n@app.post('/')\ndef view():\n    m.go()",
            ["note"],
        ),
        (
            "class M:\n    @staticmethod\n    def go(sync):\n        if sync:\n            mail.send(1)\n@app.post('/')\ndef view():\n    M.go(True)",
            ["note"],
        ),
        (
            "def plain(f):\n    return f\n@plain\n@other.thing\n@made()()\ndef go():\n    mail.send(1)\n@app.post('/')\ndef view():\n    go()",
            ["note"],
        ),
    ],
)
def test_waiting_views_are_found(body: str, expected: list[str]) -> None:
    """Mail that is sent while a view is answered is a note, and a warning where a loop opens a connection each time."""
    assert levels(body) == expected


@pytest.mark.parametrize(
    "body",
    [
        "def helper():\n    mail.send(1)",
        "@app.post('/')\ndef view():\n    Thread(target=mail.send, args=(1,)).start()",
        "@app.post('/')\ndef view():\n    def later():\n        mail.send(1)\n    Thread(target=later).start()",
        "@app.post('/')\ndef view():\n    pool.submit(lambda: mail.send(1))",
        "def helper():\n    mail.send(1)\n@app.post('/')\ndef view():\n    pool.submit(helper)",
        "from celery import shared_task\n@shared_task\ndef job():\n    mail.send(1)\n@app.post('/')\ndef view():\n    job.delay()",
        "from celery import shared_task\n@shared_task\ndef job():\n    mail.send(1)\n@app.post('/')\ndef view():\n    job.apply_async((1,))",
        "from huey import RedisHuey\nhuey = RedisHuey()\n@huey.task()\ndef job():\n    mail.send(1)\n@app.post('/')\ndef view():\n    job()",
        "import huey\n@huey.task\ndef job():\n    mail.send(1)\n@app.post('/')\ndef view():\n    job()",
        "def later(f):\n    def run(*a):\n        Thread(target=f, args=a).start()\n    return run\n@later\ndef job():\n    mail.send(1)\n@app.post('/')\ndef view():\n    job()",
        "def f(sync=False):\n    if sync:\n        mail.send(1)\n    else:\n        Thread(target=mail.send).start()\n@app.post('/')\ndef view():\n    f()",
        "def f(sync=False):\n    if not sync:\n        return queue()\n    mail.send(1)\n@app.post('/')\ndef view():\n    f()",
        "def f(a, b=None):\n    if a and b:\n        mail.send(1)\n@app.post('/')\ndef view(x):\n    f(x)",
        "def f(a=0, b=None):\n    if a or b:\n        mail.send(1)\n@app.post('/')\ndef view(x):\n    f()",
        "def f(how):\n    if how != 'queue':\n        mail.send(1)\n@app.post('/')\ndef view():\n    f('queue')",
        "def f(b=None):\n    if b is not None:\n        mail.send(1)\n@app.post('/')\ndef view():\n    f()",
        "def g(sync):\n    if sync:\n        mail.send(1)\ndef f(sync=False):\n    g(sync)\n@app.post('/')\ndef view():\n    f()",
        "@app.post('/')\ndef view():\n    if False:\n        mail.send(1)",
        "import smtplib\n@app.post('/')\ndef view():\n    smtplib.SMTP().send(1)",
        "@app.post('/')\ndef view(socket):\n    socket.send(1)",
        "@app.post('/')\ndef view():\n    with open('x') as f, other() as (a, b):\n        f.send(1)\n    mail.send_later()\n    (x or y).send(1)\n    table['mail'].send(1)",
        "@app.post('/')\ndef view():\n    with db.connect() as conn:\n        conn.send(1)\n    current_app.extensions['mailer'].send(1)",
        "@app.post('/')\ndef view():\n    with connect() as conn:\n        conn.send(1)",
        "@app.post('/')\ndef view():\n    with lock:\n        conn.send(1)",
        "def f(sync=False):\n    with lock:\n        if not sync:\n            return\n    mail.send(1)\n@app.post('/')\ndef view():\n    f()",
        "def a():\n    b()\ndef b():\n    c()\ndef c():\n    d()\ndef d():\n    e()\ndef e():\n    f()\ndef f():\n    mail.send(1)\n@app.post('/')\ndef view():\n    a()",
        "@app.cli.command()\ndef notify():\n    mail.send(1)",
    ],
)
def test_what_does_not_wait_is_left_alone(body: str) -> None:
    """Mail from threads, task queues, commands, or a branch that the view's constant arguments rule out is not told."""
    assert levels(body) == []


def test_strangers_and_tests_are_left_alone() -> None:
    """Another library's Mail, and mail that tests send, are not Flask-Mail's."""
    other = HEAD.replace("flask_mail", "flask_mailman") + "@app.post('/')\ndef view():\n    mail.send(1)\n"
    assert lines(RULE, other) == []
    assert (
        lines(
            RULE,
            {
                "app.py": HEAD,
                "tests/test_mail.py": "from app import app, mail\n@app.get('/')\ndef v():\n    mail.send(1)\n",
            },
        )
        == []
    )


def test_place_is_told_once_with_its_views() -> None:
    """A helper that several views call is told once, at the send, with the views as related places."""
    views = "".join(f"@app.post('/{n}')\ndef view{n}():\n    helper()\n    helper()\n" for n in range(4))
    (found,) = findings(RULE, HEAD + "def helper():\n    mail.send(1)\n" + views)
    assert found.message.startswith("`view0()` and 3 other views wait in `mail.send()`")
    assert [one.message for one in found.related] == [f"the view `view{n}()` gets there" for n in range(3)]
    assert found.symbol == "helper"


def test_two_views_are_counted_in_words() -> None:
    """Two views that wait are "another view"; the send in a class's method is followed over files."""
    files = {
        "ext.py": "from flask_mail import Mail\nmail = Mail()\n",
        "post.py": "from ext import mail\nclass Post:\n    @classmethod\n    def go(cls, one):\n        mail.send(one)\n",
        "app.py": "from flask import Flask\nfrom post import Post\napp = Flask(__name__)\n"
        "@app.post('/a')\ndef a():\n    Post.go(1)\n@app.post('/b')\ndef b():\n    Post.go(1)\n",
    }
    (found,) = findings(RULE, files)
    assert found.place.path == "post.py"
    assert found.message.startswith("`a()` and another view wait")


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("@app.before_request\ndef f():\n    mail.send(1)", "request hook"),
        ("@app.after_request\ndef f(answer):\n    mail.send(1)", "request hook"),
        ("@app.teardown_request\ndef f(error):\n    mail.send(1)", "request hook"),
        ("@bp.before_app_request\ndef f():\n    mail.send(1)", "request hook"),
        ("def f(answer):\n    mail.send(1)\napp.after_request(f)", "request hook"),
        ("def f(answer):\n    mail.send(1)\napp.after_request(f=f)", "request hook"),
        ("@app.errorhandler(500)\ndef f(error):\n    mail.send(1)", "error handler"),
        ("@bp.app_errorhandler(Exception)\ndef f(error):\n    mail.send(1)", "error handler"),
        ("def f(error):\n    mail.send(1)\napp.register_error_handler(500, f)", "error handler"),
        ("def f(error):\n    mail.send(1)\napp.register_error_handler(500, f=f)", "error handler"),
        ("def setup(app):\n    @app.errorhandler(500)\n    def f(error):\n        mail.send(1)", "error handler"),
        (
            "from flask import after_this_request\n@app.get('/')\ndef view():\n    @after_this_request\n    def f(answer):\n        mail.send(1)",
            "request hook",
        ),
        (
            "import flask\n@app.get('/')\ndef view():\n    @flask.after_this_request\n    def f(answer):\n        mail.send(1)",
            "request hook",
        ),
    ],
)
def test_hooks_and_error_handlers_wait_too(code: str, kind: str) -> None:
    """What runs before or after each request, and what answers its errors, keeps the user waiting like a view."""
    (found,) = findings(RULE, HEAD + "bp = Blueprint('a', 'a')\n" + code)
    assert found.message.startswith(f"the {kind} `f()` waits in `mail.send()`")


@pytest.mark.parametrize(
    "code",
    [
        "import socketio\nserver = socketio.Server()\n@server.before_request\ndef f():\n    mail.send(1)",
        "def after_this_request(f):\n    return f\n@after_this_request\ndef f():\n    mail.send(1)",
        "@before_request\ndef f():\n    mail.send(1)",
        "@make().errorhandler(500)\ndef f():\n    mail.send(1)",
        "@app.shell_context_processor\ndef f():\n    mail.send(1)",
        "def f(error):\n    mail.send(1)\napp.register_error_handler(500, make(f))\napp.register_error_handler()",
        "@app.errorhandler(500)\ndef f(error):\n    Thread(target=mail.send).start()",
    ],
)
def test_other_registrations_are_left_alone(code: str) -> None:
    """Functions that another library calls, or that cannot be followed, and handlers that use a thread are not told."""
    assert levels(code) == []


def test_hooks_of_tests_are_left_alone() -> None:
    """An error handler that only a test registers keeps nobody waiting."""
    test = "from app import app, mail\n@app.errorhandler(500)\ndef f(e):\n    mail.send(1)\napp.after_request(f)\n"
    helper = "def helper():\n    mail.send(1)\n"
    test = test.replace("mail.send(1)", "helper()").replace("app, mail", "app, helper")
    assert lines(RULE, {"app.py": HEAD + helper, "tests/test_app.py": test}) == []


@pytest.mark.parametrize(
    ("more", "start"),
    [
        ("@app.errorhandler(500)\ndef g(e):\n    helper()\n", "`view()` and another error handler wait"),
        ("@app.before_request\ndef g():\n    helper()\n" * 2, "`view()` and another request hook wait"),
        (
            "@app.before_request\ndef g():\n    helper()\n@app.errorhandler(500)\ndef h(e):\n    helper()\n",
            "`view()` and 2 other functions wait",
        ),
    ],
)
def test_views_and_handlers_are_counted_together(more: str, start: str) -> None:
    """A helper that a view and others reach is told once and names what they are."""
    code = "def helper():\n    mail.send(1)\n@app.get('/')\ndef view():\n    helper()\n" + more
    (found,) = findings(RULE, HEAD + code)
    assert found.message.startswith(start)


def test_views_in_a_factory_are_named_without_it() -> None:
    """A view that stands in a factory is called by its own name."""
    code = "def create_app():\n    app = Flask(__name__)\n    @app.post('/')\n    def subscribe():\n        mail.send(1)\n    return app\n"
    (found,) = findings(RULE, HEAD + code)
    assert found.message.startswith("the view `subscribe()` waits")
