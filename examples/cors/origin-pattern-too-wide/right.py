from flask import Flask, jsonify
from flask_cors import CORS

app = Flask(__name__)
CORS(
    app,
    origins=[
        "https://shop.example",
        r"^https://([a-z0-9-]+\.)*shop\.example$",
        r"^http://localhost:\d+$",
    ],
)


@app.get("/prices")
def prices():
    return jsonify(tea=3)
