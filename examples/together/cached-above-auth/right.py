from flask import Flask
from flask_caching import Cache
from flask_jwt_extended import JWTManager, jwt_required

app = Flask(__name__)
app.config["CACHE_TYPE"] = "SimpleCache"
app.config.from_prefixed_env()
jwt = JWTManager(app)
cache = Cache(app)


@app.get("/forecast")
@jwt_required()
@cache.cached(timeout=300)
def forecast():
    return {"next_quarter": 1_200_000}
