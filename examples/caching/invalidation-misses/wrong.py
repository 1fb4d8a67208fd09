from flask import Flask, request
from flask_caching import Cache

app = Flask(__name__)
app.config["CACHE_TYPE"] = "SimpleCache"
cache = Cache(app)

news: list[str] = []
ratings: dict[int, list[int]] = {}


@app.get("/news")
@cache.cached(timeout=3600)
def latest():
    return {"news": news}


@cache.memoize(timeout=3600)
def rating_of(book: int):
    return sum(ratings[book]) / len(ratings[book])


@app.get("/books/<int:book>/rating")
def rating(book):
    return {"rating": rating_of(book)}


@app.post("/news")
def publish():
    news.insert(0, request.get_json()["text"])
    cache.delete("/news")  # keck: caching/invalidation-misses
    return {"news": news}, 201


@app.delete("/news")
def retract():
    news.clear()
    cache.delete_memoized(latest)  # keck: caching/invalidation-misses
    return "", 204


@app.post("/books/1/rating")
def rate_the_first():
    ratings.setdefault(1, []).append(request.get_json()["stars"])
    cache.delete_memoized(rating_of, "1")  # keck: caching/invalidation-misses
    return {"rating": rating_of(1)}, 201
