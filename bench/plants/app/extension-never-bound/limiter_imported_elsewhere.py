"""The instance stands in a module of its own and is used in another."""
# needs: without limiter flask_limiter
# needs: sighted
# --- module throttle
import os

import flask_limiter
from flask_limiter.util import get_remote_address

throttle = flask_limiter.Limiter(get_remote_address, storage_uri=os.environ["LIMITS_URL"])  # keck: app/extension-never-bound
# --- module search_api
from flask import Blueprint, jsonify

from here.throttle import throttle

search_api = Blueprint("search_api", __name__)


@search_api.get("/search-api")
@throttle.limit("5 per minute")
def search():
    return jsonify(hits=[])
