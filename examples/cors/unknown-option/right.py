from flask import Flask, jsonify
from flask_cors import CORS, cross_origin

app = Flask(__name__)
CORS(app, resources={r"^/api/.*$": {"origins": "https://shop.example"}})


@app.get("/api/prices")
def prices():
    return jsonify(tea=3)


@app.get("/feed")
@cross_origin(origins=["https://news.example"])
def feed():
    return jsonify([])
