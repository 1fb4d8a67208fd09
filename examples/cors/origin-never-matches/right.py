import os

from flask import Flask
from flask_cors import CORS

app = Flask(__name__)
app.config["CORS_ORIGINS"] = os.environ.get(
    "CORS_ORIGINS",
    "https://shop.example,https://admin.example",
).split(",")
CORS(app, resources=r"^/(?!feed$).*$")
CORS(app, resources={r"^/feed$": {"origins": ["https://news.example"]}})


@app.get("/feed")
def feed():
    return []
