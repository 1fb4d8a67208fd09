import os

from flask import Flask, session


def create_app():
    app = Flask(__name__)
    # drawn with `python -c "import secrets; print(secrets.token_hex(32))"`; without it no session can be opened
    app.config["SECRET_KEY"] = os.environ.get("SECRET_KEY")

    @app.post("/basket/<int:item>")
    def put(item):
        session["basket"] = [*session.get("basket", []), item]
        return {"items": len(session["basket"])}

    return app
