"""With a key of its own, the same for all arguments."""
# brings: caching
# --- module pricing
from here import cache as store


@store.cached(key_prefix="price", timeout=60)  # keck: caching/cached-on-function-with-arguments
def price_of(number, currency="EUR"):
    return f"{number * 3} {currency}"


def label(number):
    return "price: " + price_of(number, currency="USD")
