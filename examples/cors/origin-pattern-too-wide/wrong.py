from flask import Flask, jsonify
from flask_cors import CORS

app = Flask(__name__)
CORS(
    app,
    origins=[
        "https://shop.example",
        r"https://.*\.shop\.example",  # keck: cors/origin-pattern-too-wide
        "http://localhost:*",  # keck: cors/origin-pattern-too-wide
    ],
)


@app.get("/prices")
def prices():
    return jsonify(tea=3)
