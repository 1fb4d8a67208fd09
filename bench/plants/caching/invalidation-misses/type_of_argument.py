"""The number as a text."""
# brings: caching
# --- module notices
from here import cache


@cache.memoize(timeout=600)
def notice_of(number: int):
    return {"number": number}


def first_notice():
    return notice_of(1)


def changed_first():
    cache.delete_memoized(notice_of, "1")  # keck: caching/invalidation-misses
