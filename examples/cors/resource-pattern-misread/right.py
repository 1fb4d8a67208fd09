from flask import Flask, jsonify
from flask_cors import CORS

app = Flask(__name__)
CORS(
    app,
    origins=["https://shop.example"],
    resources=[
        r"^/api(/.*)?$",
        r"^/public(/.*)?$",
    ],
)


@app.get("/api/prices")
def prices():
    return jsonify(tea=3)


@app.get("/public/news")
def news():
    return jsonify([])


@app.get("/publications")
def publications():
    return jsonify([])
