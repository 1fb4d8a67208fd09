"""Above a guard of the project's own."""
# brings: caching
# --- module keys
from functools import wraps

from flask import abort, request


def key_needed(view):
    @wraps(view)
    def guarded(*args, **kwargs):
        if request.headers.get("X-Key") != "open":
            abort(403)
        return view(*args, **kwargs)

    return guarded
# --- module vault
from flask import Blueprint, jsonify

from here import cache
from here.keys import key_needed

vault = Blueprint("vault", __name__)


@vault.get("/vault")
@cache.cached(timeout=60)  # keck: together/cached-above-auth
@key_needed
def show_vault():
    return jsonify(vault="gold")
