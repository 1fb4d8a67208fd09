from flask import Flask
from flask_caching import Cache
from flask_cors import cross_origin

app = Flask(__name__)
app.config["CACHE_TYPE"] = "SimpleCache"
cache = Cache(app)


@app.get("/prices")
@cross_origin(origins=["https://shop.example", "https://admin.shop.example"])
@cache.cached(timeout=60)
def prices():
    return {"apple": 3}
