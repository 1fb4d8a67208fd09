"""A method of a service."""
# brings: caching
# --- module pricing
from here import cache


class Pricing:
    @cache.cached(timeout=300)  # keck: caching/cached-on-function-with-arguments
    def price_of(self, number):
        return number * 3


def total(numbers):
    pricing = Pricing()
    return sum(pricing.price_of(one) for one in numbers)
