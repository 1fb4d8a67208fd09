"""A guard of the project's own, from another module."""
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

from here.keys import key_needed

vault = Blueprint("vault", __name__)


@key_needed  # keck: together/decorator-above-route
@vault.post("/vault")
async def open_vault():
    return jsonify(vault="gold")
