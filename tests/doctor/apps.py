"""The apps that the doctor's tests examine."""

from __future__ import annotations

CLEAN = """
    from flask import Flask
    from flask_jwt_extended import JWTManager, jwt_required

    app = Flask("shop")
    app.config["JWT_SECRET_KEY"] = "3d6f45a5fc12445dbac2f59c3b6c7cb1-a-long-one"
    JWTManager(app)


    @app.get("/orders")
    @jwt_required()
    def orders():
        return {}


    @app.get("/news")
    def news():
        return {}
    """

FAULTY = CLEAN.replace(
    '    @app.get("/orders")\n    @jwt_required()\n', '    @jwt_required()\n    @app.get("/orders")\n'
)
"""Its line 9 never runs."""

BARE = """
    from flask import Flask

    def create_app(name="bare"):
        app = Flask(name)
        app.get("/")(lambda: "hello")
        return app
    """

RULE = "together/decorator-above-route"
