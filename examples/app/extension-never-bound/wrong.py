from flask import Blueprint, Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(get_remote_address, storage_uri="redis://localhost:6379")  # keck: app/extension-never-bound
accounts = Blueprint("accounts", __name__)


@accounts.post("/login")
@limiter.limit("5 per minute")
def login():
    return {"status": "welcome"}


def create_app():
    app = Flask(__name__)
    app.register_blueprint(accounts)
    return app
