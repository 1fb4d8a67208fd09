from flask import Flask
from flask_caching import Cache

app = Flask(__name__)
app.config["CACHE_TYPE"] = "SimpleCache"
cache = Cache(app)


@app.get("/answer")
@cache.cached(timeout=60)
def answer():
    return {"answer": sum(range(1_000_000))}
