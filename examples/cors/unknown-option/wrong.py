from flask import Flask, jsonify
from flask_cors import CORS, cross_origin

app = Flask(__name__)
CORS(app, resources={r"^/api/.*$": {"origin": "https://shop.example"}})  # keck: cors/unknown-option


@app.get("/api/prices")
def prices():
    return jsonify(tea=3)


@app.get("/feed")
@cross_origin(allowed_origins=["https://news.example"])  # keck: cors/unknown-option
def feed():
    return jsonify([])
