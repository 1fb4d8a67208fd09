"""No arguments, and no key: every helper of a request has the same one."""
# brings: caching
# --- module pricing
from here import cache


@cache.cached(timeout=60)  # keck: caching/cached-on-function-with-arguments
def currencies():
    return ["EUR", "USD"]


def default_currency():
    return currencies()[0]
