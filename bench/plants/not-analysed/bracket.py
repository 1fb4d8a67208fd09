"""A bracket that is not closed."""
# --- file planted_report.py
# from flask_caching import Cache
#
# cache = Cache(config={"CACHE_TYPE": "SimpleCache"  # keck: not-analysed
