import os

from flask import Blueprint, Flask, jsonify
from flask_jwt_extended import JWTManager, get_jwt_identity, verify_jwt_in_request

orders = Blueprint("orders", __name__, url_prefix="/orders")
invoices = Blueprint("invoices", __name__, url_prefix="/invoices")


@orders.before_request
def require_token():
    return verify_jwt_in_request()  # keck: jwt/verify-returned-from-before-request


@orders.get("/")
def my_orders():
    return jsonify(orders_of=get_jwt_identity())


@invoices.get("/")
def my_invoices():
    return jsonify(invoices_of=get_jwt_identity())


invoices.before_request(verify_jwt_in_request)  # keck: jwt/verify-returned-from-before-request

app = Flask(__name__)
app.config["JWT_SECRET_KEY"] = os.environ["JWT_SECRET_KEY"]
jwt = JWTManager(app)
app.register_blueprint(orders)
app.register_blueprint(invoices)
