from flask import Flask, abort


def create_app():
    app = Flask(__name__)

    @app.before_request
    def closed():
        abort(403)

    @app.get("/admin/orders")
    def orders():
        return {"orders": []}

    return app
