"""A helper of a view."""
# brings: caching
# --- module pricing
from here import cache


@cache.cached(timeout=60)  # keck: caching/cached-on-function-with-arguments
def price_of(number):
    return number * 3


def total(numbers):
    return sum(price_of(one) for one in numbers)
