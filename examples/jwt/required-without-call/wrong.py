import os

from flask import Flask, jsonify
from flask.views import MethodView
from flask_jwt_extended import JWTManager, get_jwt_identity, jwt_required

app = Flask(__name__)
app.config["JWT_SECRET_KEY"] = os.environ["JWT_SECRET_KEY"]
jwt = JWTManager(app)


@app.get("/me")
@jwt_required  # keck: jwt/required-without-call
def me():
    return jsonify(name=get_jwt_identity())


class Orders(MethodView):
    decorators = [jwt_required]  # keck: jwt/required-without-call

    def get(self):
        return jsonify(orders=[])


app.add_url_rule("/orders", view_func=Orders.as_view("orders"))
