import os

from flask import Flask, jsonify
from flask_cors import CORS
from flask_jwt_extended import JWTManager, jwt_required

app = Flask(__name__)
app.config["JWT_SECRET_KEY"] = os.environ["JWT_SECRET_KEY"]
CORS(app, origins=["https://shop.example"])
jwt = JWTManager(app)


@app.route("/invoices", methods=["GET"])
@jwt_required()
def invoices():
    return jsonify(invoices=[{"customer": "Ada", "sum": 120}])
