import os

from flask import Flask, redirect, request, session
from flask_caching import Cache

app = Flask(__name__)
app.config["SECRET_KEY"] = os.environ["SECRET_KEY"]
app.config["CACHE_TYPE"] = "SimpleCache"
cache = Cache(app)


def wants_fresh():
    return bool(request.args.get("fresh"))


@app.post("/login")
def login():
    session["user_id"] = request.form["name"]
    return redirect("/")


@app.get("/")
@cache.cached(timeout=60, unless=lambda: bool(session.get("user_id")))
def home():
    return {"hello": session.get("user_id", "stranger")}


@app.get("/prices")
@cache.cached(timeout=60, forced_update=wants_fresh)
def prices():
    return {"apple": 3}
