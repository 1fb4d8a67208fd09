import click
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.exc import IntegrityError

db = SQLAlchemy()


class Item(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(80), unique=True, nullable=False)


def create_app():
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
    db.init_app(app)

    @app.cli.command()
    @click.argument("names", nargs=-1)
    def load(names):
        for name in names:
            db.session.add(Item(name=name))
            try:
                db.session.commit()
            except IntegrityError:  # keck: sqlalchemy/no-rollback-after-failed-flush
                click.echo(f"{name} is there already")

    return app
