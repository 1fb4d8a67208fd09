# Short links for the team: POST /api/links with a URL, share /<code>.
import os
import secrets
import string
from datetime import datetime, timedelta, timezone
from urllib.parse import urlparse

from flask import Flask, abort, jsonify, redirect, request, render_template_string, url_for
from flask_caching import Cache
from flask_cors import CORS
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy

# ---------------------------------------------------------------------------
# app + config
# ---------------------------------------------------------------------------
app = Flask(__name__)
app.config["SECRET_KEY"] = os.environ.get("SECRET_KEY", "only-for-development-7b1c02")
app.config["SQLALCHEMY_DATABASE_URI"] = os.environ.get("DATABASE_URL", "sqlite:///:memory:")
app.config["SQLALCHEMY_ECHO"] = False
# the cache lives in the process, one worker is enough for us
app.config["CACHE_TYPE"] = "SimpleCache"
app.config["CACHE_DEFAULT_TIMEOUT"] = 30
app.config["RATELIMIT_STORAGE_URI"] = "memory://"
app.config["LINKS_CODE_LENGTH"] = 6
app.json.sort_keys = False

db = SQLAlchemy(app)
migrate = Migrate(app, db)
cache = Cache(app)
limiter = Limiter(get_remote_address, app=app, default_limits=["200 per minute"])
CORS(app, resources={r"/api/*": {"origins": ["https://intranet.example"]}})

ALPHABET = string.ascii_letters + string.digits


# ---------------------------------------------------------------------------
# models
# ---------------------------------------------------------------------------
def now():
    return datetime.now(timezone.utc).replace(tzinfo=None)


class Link(db.Model):
    __tablename__ = "links"

    id = db.Column(db.Integer, primary_key=True)
    code = db.Column(db.String(16), unique=True, nullable=False, index=True)
    target = db.Column(db.String(2000), nullable=False)
    created = db.Column(db.DateTime, default=now, nullable=False)
    expires = db.Column(db.DateTime)
    visits = db.relationship("Visit", backref="link", cascade="all, delete-orphan")

    def as_dict(self):
        return {
            "code": self.code,
            "target": self.target,
            "short": url_for("follow", code=self.code, _external=True),
            "visits": len(self.visits),
        }


class Visit(db.Model):
    __tablename__ = "visits"

    id = db.Column(db.Integer, primary_key=True)
    link_id = db.Column(db.ForeignKey("links.id"), nullable=False)
    at = db.Column(db.DateTime, default=now, nullable=False)
    agent = db.Column(db.String(300))


def new_code():
    """A code that no link has."""
    while True:
        code = "".join(secrets.choice(ALPHABET) for _ in range(app.config["LINKS_CODE_LENGTH"]))
        if not db.session.scalar(db.select(Link).filter_by(code=code)):
            return code


# ---------------------------------------------------------------------------
# pages
# ---------------------------------------------------------------------------
HOME = """<!doctype html>
<title>links</title>
<h1>{{ count }} links</h1>
<ul>{% for link in links %}<li><a href="{{ url_for('follow', code=link.code) }}">{{ link.code }}</a></li>{% endfor %}</ul>
<p><a href="{{ url_for('create_link') }}">API</a></p>
"""


@app.route("/")
@cache.cached(key_prefix="home")
def home():
    links = db.session.scalars(db.select(Link).order_by(Link.id.desc()).limit(20)).all()
    return render_template_string(HOME, links=links, count=len(links))


@app.route("/<code>")
def follow(code):
    link = db.first_or_404(db.select(Link).filter_by(code=code))
    if link.expires and link.expires < now():
        abort(410)
    link.visits.append(Visit(agent=request.user_agent.string[:300]))
    db.session.commit()
    return redirect(link.target)


# ---------------------------------------------------------------------------
# api
# ---------------------------------------------------------------------------
@app.route("/api/links", methods=["GET", "POST"])
@limiter.limit("5 per minute", methods=["POST"])
def create_link():
    if request.method == "GET":
        return jsonify([one.as_dict() for one in db.session.scalars(db.select(Link).order_by(Link.id))])
    data = request.get_json()
    target = data.get("target", "")
    if urlparse(target).scheme not in ("http", "https"):
        return jsonify(error="target must be an http(s) URL"), 400
    link = Link(code=data.get("code") or new_code(), target=target)
    if "days" in data:
        link.expires = now() + timedelta(days=int(data["days"]))
    db.session.add(link)
    db.session.commit()
    cache.delete("home")
    app.logger.info("new link %s", link.code)
    return jsonify(link.as_dict()), 201


@app.route("/api/links/<code>", methods=["DELETE"])
def delete_link(code):
    link = db.first_or_404(db.select(Link).filter_by(code=code))
    db.session.delete(link)
    db.session.commit()
    return "", 204


@app.route("/api/stats")
@cache.cached(timeout=60)
def stats():
    return jsonify(
        links=db.session.scalar(db.select(db.func.count(Link.id))),
        visits=db.session.scalar(db.select(db.func.count(Visit.id))),
    )


@app.route("/healthz")
@limiter.exempt
def healthz():
    return "ok"


# ---------------------------------------------------------------------------
# errors
# ---------------------------------------------------------------------------
@app.errorhandler(404)
def missing(error):
    if request.path.startswith("/api/"):
        return jsonify(error="not found"), 404
    return "<h1>No such link</h1>", 404


@app.errorhandler(429)
def slow_down(error):
    return jsonify(error="slow down", limit=str(error.description)), 429


if __name__ == "__main__":
    with app.app_context():
        db.create_all()
    app.run(debug=True, port=8000)
