from flask import Flask
from flask_caching import Cache

app = Flask(__name__)
app.config["CACHE_TYPE"] = "SimpleCache"
cache = Cache(app)

RATES = {"EUR": 1.0, "USD": 1.1}


@cache.cached(timeout=300)  # keck: caching/cached-on-function-with-arguments
def price_in(amount, currency):
    return amount * RATES[currency]


@cache.cached(timeout=300, key_prefix="currencies")
def currencies():
    return sorted(RATES)


@app.get("/price/<int:amount>")
def price(amount):
    return {currency: price_in(amount, currency) for currency in currencies()}
