"""The extensions: made here without an app, bound in `create_app()`."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from flask_caching import Cache  # with: cache
from flask_cors import CORS  # with: cors
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy

from .address_limiter import AddressLimiter  # with: limiter
from .address_limiter import client_network  # with: limiter
from .config import address_limit  # with: limiter
from .database import Base
from .database import ReadFirstSession
from .jwt_manager import OneKeyJWTManager
from .mail.transport import VerifiedMail  # with: mail

db = SQLAlchemy(model_class=Base, session_options={"class_": ReadFirstSession, "expire_on_commit": False})
migrate = Migrate(directory=str(Path(__file__).parent / "migrations"))
cors = CORS()  # with: cors
cache = Cache()  # with: cache
limiter = AddressLimiter(client_network, application_limits=[address_limit])  # with: limiter
mail = VerifiedMail()  # with: mail
jwt = OneKeyJWTManager()


def bind(app: Flask) -> None:
    """Bind all extensions to `app`, whose configuration must be complete: most of them read it here, once."""
    db.init_app(app)
    migrate.init_app(app, db)
    # with: cors {
    api = {"origins": app.config["PUBLIC_ORIGINS"]}
    admin = {"origins": app.config["ADMIN_ORIGINS"]}
    cors.init_app(app, resources={r"^/api(/.*)?$": api, r"^/admin(/.*)?$": admin})
    # with: cors }
    cache.init_app(app)  # with: cache
    limiter.init_app(app)  # with: limiter
    mail.init_app(app)  # with: mail
    jwt.init_app(app)
