from flask import Flask
from flask_caching import Cache
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

app = Flask(__name__)
app.config["CACHE_TYPE"] = "SimpleCache"
cache = Cache(app)
limiter = Limiter(get_remote_address, app=app, storage_uri="memory://")


@app.get("/search/<word>")
@limiter.limit("30 per minute")
@cache.cached(timeout=60)
def search(word):
    return {"found": [name for name in ("apple", "pear") if word in name]}
