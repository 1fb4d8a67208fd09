"""Tickets for a small help desk: pages for people, JSON for the phone system."""

import re
from datetime import date
from http import HTTPStatus
from time import perf_counter

import click
from flask import Flask, Response, current_app, flash, g, jsonify, redirect, render_template, request, session, url_for
from flask.cli import AppGroup
from flask_httpauth import HTTPBasicAuth
from flask_sqlalchemy import SQLAlchemy
from jinja2 import pass_context
from werkzeug.exceptions import HTTPException

LANGUAGES = ["en", "de"]
PRIORITIES = {1: "low", 2: "normal", 3: "urgent"}
WORDS = {"de": {"Tickets": "Anfragen", "New": "Neu"}}


class NoSuchTicket(Exception):
    def __init__(self, number):
        super().__init__(f"no ticket {number}")
        self.number = number


class Page(Response):
    """An answer that no proxy may keep."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.headers.setdefault("Cache-Control", "no-store")


app = Flask(__name__)
app.response_class = Page
app.secret_key = "helpdesk-development-key"
app.config.from_mapping(
    SQLALCHEMY_DATABASE_URI="sqlite://",
    SESSION_COOKIE_NAME="helpdesk",
    SESSION_COOKIE_SAMESITE="Lax",
    MAX_CONTENT_LENGTH=64 * 1024,
)
app.jinja_env.trim_blocks = True
app.jinja_env.globals["site"] = "Help desk"
app.url_map.strict_slashes = False
db = SQLAlchemy(app)
auth = HTTPBasicAuth(realm="phone")
tickets_cli = AppGroup("tickets", help="Look after tickets.")


class Ticket(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    subject = db.Column(db.String(100), nullable=False)
    text = db.Column(db.Text, default="")
    priority = db.Column(db.Integer, default=2)
    closed = db.Column(db.Date)


# -- around every request ----------------------------------------------------


@app.url_value_preprocessor
def pull_language(endpoint, values):
    g.language = (values or {}).pop("language", None) or "en"


@app.url_defaults
def push_language(endpoint, values):
    if "language" not in values and app.url_map.is_endpoint_expecting(endpoint, "language"):
        values["language"] = g.get("language", "en")


@app.before_request
def start_clock():
    g.started = perf_counter()


@app.before_request
def check_language():
    if g.language not in LANGUAGES:
        return "unknown language", 404
    return None


@app.after_request
def add_headers(response):
    response.headers["X-Frame-Options"] = "DENY"
    return response


@app.after_request
def add_time(response):
    # runs before add_headers: Flask goes backwards
    response.headers["X-Time"] = f"{perf_counter() - g.started:.4f}"
    response.headers["X-Order"] = "second" if "X-Frame-Options" in response.headers else "first"
    return response


@app.teardown_request
def forget(error):
    g.pop("started", None)


@app.teardown_appcontext
def leave(error=None):
    if error is not None:
        db.session.rollback()


# -- templates ---------------------------------------------------------------


@app.context_processor
def constants():
    return {"languages": LANGUAGES, "open_tickets": lambda: Ticket.query.filter_by(closed=None).count()}


@app.template_filter()
def priority(number):
    return PRIORITIES.get(number, "?")


@app.template_filter("t")
@pass_context  # or Jinja translates once, when it compiles
def translate(context, word):
    return WORDS.get(g.language, {}).get(word, word)


@app.template_global()
def year():
    return date.today().year


@app.template_global("link")
def link_to(ticket):
    return url_for("show_ticket", number=ticket.id)


@app.template_test("urgent")
def is_urgent(ticket):
    return ticket.priority >= 3


def shorten(text, length=20):
    return text if len(text) <= length else text[: length - 1] + "~"


app.add_template_filter(shorten)
app.add_template_global(len, "count")


# -- pages -------------------------------------------------------------------


@app.get("/")
def root():
    return redirect(url_for("list_tickets", language=request.accept_languages.best_match(LANGUAGES) or "en"))


@app.route("/<language>/tickets")
@app.route("/<language>/tickets/<any(open, closed):state>")
def list_tickets(state="open"):
    query = Ticket.query.order_by(Ticket.priority.desc(), Ticket.id)
    query = query.filter(Ticket.closed.is_(None) if state == "open" else Ticket.closed.is_not(None))
    return render_template("tickets.html", tickets=query.all(), state=state)


@app.post("/<language>/tickets")
def new_ticket():
    subject = request.form.get("subject", "").strip()
    if not subject:
        flash("A subject, please.")
        return redirect(url_for("list_tickets"))
    ticket = Ticket(subject=subject, text=request.form.get("text", ""), priority=int(request.form.get("priority", 2)))
    db.session.add(ticket)
    db.session.commit()
    session["mine"] = [*session.get("mine", []), ticket.id]
    return redirect(url_for("show_ticket", number=ticket.id))


@app.route("/<language>/tickets/<int:number>", endpoint="show_ticket")
def ticket_page(number):
    ticket = db.session.get(Ticket, number)
    if ticket is None:
        raise NoSuchTicket(number)
    return render_template("ticket.html", ticket=ticket, mine=number in session.get("mine", []))


# -- the phone system --------------------------------------------------------


@auth.verify_password
def verify(user, password):
    return user if (user, password) == ("phone", "3141") else None


@app.get("/api/tickets")
@auth.login_required
def api_tickets():
    return jsonify({"tickets": [{"id": one.id, "subject": one.subject} for one in Ticket.query]})


@app.put("/api/tickets/<int:number>")
@auth.login_required
def api_close(number):
    ticket = db.session.get(Ticket, number)
    if ticket is None:
        raise NoSuchTicket(number)
    ticket.closed = date.today()
    db.session.commit()
    return {"closed": ticket.closed.isoformat()}


@app.delete("/api/tickets/<int:number>")
@auth.login_required
def api_delete(number):
    deleted = Ticket.query.filter_by(id=number).delete()
    db.session.commit()
    return {"deleted": deleted}


@app.patch("/api/tickets/<int:number>")
@auth.login_required
def api_patch(number):
    ticket = Ticket.query.filter_by(id=number).first_or_404()
    ticket.priority = request.get_json().get("priority", ticket.priority)
    db.session.commit()
    return {"priority": priority(ticket.priority)}


# -- errors ------------------------------------------------------------------


@app.errorhandler(NoSuchTicket)
def no_such_ticket(error):
    if request.path.startswith("/api"):
        return {"error": str(error)}, 404
    return render_template("error.html", message=str(error)), 404


@app.errorhandler(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
def too_large(error):
    return render_template("error.html", message="too much text"), 413


@app.errorhandler(HTTPException)
def other(error):
    return render_template("error.html", message=error.name), error.code


# -- commands ----------------------------------------------------------------


@app.cli.command("create-db")
def create_db():
    """Create the tables."""
    db.create_all()
    click.echo("tables are there")


@tickets_cli.command("import")
@click.argument("source", type=click.File())
def import_tickets(source):
    """Import tickets, one a line: PRIORITY SUBJECT."""
    for line in source:
        if match := re.match(r"(\d) (.+)", line):
            db.session.add(Ticket(priority=int(match[1]), subject=match[2]))
    db.session.commit()
    current_app.logger.warning("imported")
    click.echo(f"{Ticket.query.count()} tickets")


@tickets_cli.command()
@click.option("--yes", is_flag=True)
def purge(yes):
    """Delete what is closed."""
    if not yes:
        raise click.UsageError("say --yes")
    click.echo(Ticket.query.filter(Ticket.closed.is_not(None)).delete())
    db.session.commit()


app.cli.add_command(tickets_cli)


@app.shell_context_processor
def shell():
    return dict(db=db, Ticket=Ticket)
