import logging
from os import environ

from flask import Flask, jsonify, redirect, url_for
from flask_caching import Cache
from flask_cors import CORS
from flask_jwt_extended import JWTManager
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import MetaData

logging.basicConfig(format="%(levelname)s %(name)s %(message)s")

app = Flask("library", template_folder="templates")
app.config.from_pyfile("settings.py")
app.config["SQLALCHEMY_DATABASE_URI"] = environ.get("LIBRARY_DB", app.config["SQLALCHEMY_DATABASE_URI"])

naming = {
    "ix": "ix_%(column_0_label)s",
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
}
db = SQLAlchemy(app, metadata=MetaData(naming_convention=naming))
migrate = Migrate(app, db)
jwt = JWTManager(app)
cache = Cache(app)
limiter = Limiter(get_remote_address, app=app)

# the blueprints import db & co. from here, so they come last
from blueprints.books import books  # noqa: E402
from blueprints.loans import loans  # noqa: E402
from blueprints.members import bp as members  # noqa: E402
from blueprints import reports  # noqa: E402

CORS(books, origins="*", methods=["GET"])
limiter.limit("10 per minute")(members)

app.register_blueprint(books, url_prefix="/books")
app.register_blueprint(loans)
app.register_blueprint(members, url_prefix="/members")
if app.config["REPORTS"]:
    app.register_blueprint(reports.bp, url_prefix="/reports")
for code in (400, 404, 409):
    app.register_error_handler(code, lambda error: (jsonify(error=error.description), error.code))


@app.route("/")
def index():
    return redirect(url_for("books.shelf"))


@app.route("/map")
def site_map():
    return jsonify(sorted(rule.endpoint for rule in app.url_map.iter_rules()))


@jwt.user_lookup_loader
def member(header, payload):
    from models import Member

    return db.session.get(Member, int(payload["sub"]))
