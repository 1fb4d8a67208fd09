from flask import Flask, jsonify, session
from flask_cors import CORS

app = Flask(__name__)
CORS(app)  # keck: cors/open-by-default


@app.get("/basket")
def basket():
    return jsonify(session.get("basket", []))


@app.post("/basket/<int:product>")
def add(product):
    session["basket"] = [*session.get("basket", []), product]
    return "", 204
