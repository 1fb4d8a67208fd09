import os

from flask import Blueprint, Flask, request, session
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from werkzeug.security import check_password_hash

limiter = Limiter(get_remote_address, storage_uri=os.environ.get("RATELIMIT_URL"))
auth = Blueprint("auth", __name__)

USERS = {"ada": os.environ.get("ADA_PASSWORD_HASH", "")}


@auth.post("/login")
def login():  # keck: limiter/sensitive-route-unlimited
    name = request.form["name"]
    if not check_password_hash(USERS.get(name, ""), request.form["password"]):
        return {"error": "wrong name or password"}, 401
    session["user"] = name
    return {"name": name}


@auth.get("/prices")
@limiter.limit("60 per minute")
def prices():
    return {"apple": 3}


def create_app():
    app = Flask(__name__)
    app.config["SECRET_KEY"] = os.environ["SECRET_KEY"]
    limiter.init_app(app)
    app.register_blueprint(auth)
    return app
