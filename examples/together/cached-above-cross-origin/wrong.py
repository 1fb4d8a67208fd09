from flask import Flask
from flask_caching import Cache
from flask_cors import cross_origin

app = Flask(__name__)
app.config["CACHE_TYPE"] = "SimpleCache"
cache = Cache(app)


@app.get("/prices")
@cache.cached(timeout=60)  # keck: together/cached-above-cross-origin
@cross_origin(origins=["https://shop.example", "https://admin.shop.example"])
def prices():
    return {"apple": 3}
