from flask import Flask
from flask_sqlalchemy import SQLAlchemy

db = SQLAlchemy()


class Setting(db.Model):
    name = db.Column(db.String(40), primary_key=True)
    value = db.Column(db.Text, nullable=False)


def create_app():
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:///settings.db"
    db.init_app(app)
    return app


app = create_app()
with app.app_context():
    db.create_all()
