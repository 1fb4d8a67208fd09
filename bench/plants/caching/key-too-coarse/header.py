"""The language of the reader, in a helper of another module."""
# brings: caching
# --- module languages
from flask import request


def language():
    return request.accept_languages.best_match(["de", "en"])
# --- module catalogue_api
from flask import Blueprint, jsonify

from here import cache
from here.languages import language

catalogue_api = Blueprint("catalogue_api", __name__)


@catalogue_api.get("/catalogue-api")
@cache.cached(timeout=60, query_string=True)  # keck: caching/key-too-coarse
def catalogue():
    return jsonify(language=language())
