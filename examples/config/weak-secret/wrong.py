from flask import Flask, session


def create_app():
    app = Flask(__name__)  # keck: config/weak-secret
    app.config["SECRET_KEY"] = "super-secret-key"

    @app.post("/basket/<int:item>")
    def put(item):
        session["basket"] = [*session.get("basket", []), item]
        return {"items": len(session["basket"])}

    return app
