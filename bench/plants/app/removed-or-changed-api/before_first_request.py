"""The decorator of a blueprint for the first request to the app."""
# needs: since flask 2.3
# --- module visits_api
from flask import Blueprint, jsonify

visits_api = Blueprint("visits_api", __name__)
counts = {}


@visits_api.before_app_first_request  # keck: app/removed-or-changed-api
def start():
    counts["visits"] = 0


@visits_api.get("/visits-api")
def visits():
    return jsonify(counts)
