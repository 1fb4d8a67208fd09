from extensions import db
from flask import Flask
from views import pages


def create_app():
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:///notes.db"
    db.init_app(app)
    app.register_blueprint(pages)
    return app
