import os

from flask import Flask
from flask_sqlalchemy import SQLAlchemy

db = SQLAlchemy()  # keck: sqlalchemy/pool-not-resilient


def create_app():
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = os.environ.get("DATABASE_URL", "postgresql+psycopg://db/shop")
    app.config["SQLALCHEMY_BINDS"] = {"audit": os.environ.get("AUDIT_URL", "postgresql+psycopg://db/audit")}
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"pool_pre_ping": True}
    db.init_app(app)
    return app
