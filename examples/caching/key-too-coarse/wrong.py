from flask import Flask, request
from flask_caching import Cache

app = Flask(__name__)
app.config["CACHE_TYPE"] = "SimpleCache"
cache = Cache(app)

TITLES = ["Dune", "Emma", "Ulysses", "Walden"]
GREETINGS = {"de": "Hallo", "fr": "Bonjour"}


@app.get("/books")
@cache.cached(timeout=60)  # keck: caching/key-too-coarse
def books():
    page = request.args.get("page", 1, type=int)
    return {"books": TITLES[page * 2 - 2 : page * 2]}


@app.get("/hello")
@cache.cached(timeout=60)  # keck: caching/key-too-coarse
def hello():
    return GREETINGS.get(request.accept_languages.best_match(list(GREETINGS)), "Hello")


@app.get("/books/<int:number>")
@cache.cached(timeout=60, key_prefix="book")  # keck: caching/key-too-coarse
def book(number):
    return {"title": TITLES[number]}
