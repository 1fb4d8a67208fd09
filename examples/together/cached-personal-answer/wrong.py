from flask import Flask
from flask_caching import Cache
from flask_jwt_extended import JWTManager, get_jwt_identity, jwt_required

app = Flask(__name__)
app.config["CACHE_TYPE"] = "SimpleCache"
app.config.from_prefixed_env()
jwt = JWTManager(app)
cache = Cache(app)

ORDERS = {"ann": ["tea"], "bob": ["coffee", "cake"]}


@app.get("/orders")
@jwt_required()
@cache.cached(timeout=60)  # keck: together/cached-personal-answer
def orders():
    return {"orders": ORDERS[get_jwt_identity()]}
