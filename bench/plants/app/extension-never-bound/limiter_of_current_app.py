"""`app=current_app` at import."""
# needs: without limiter flask_limiter
# needs: sighted
# --- module guard_rates
import os

from flask import Blueprint, current_app, jsonify
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

guard_rates = Blueprint("guard_rates", __name__)
rates = Limiter(get_remote_address, app=current_app, storage_uri=os.environ["LIMITS_URL"])  # keck: app/extension-never-bound


@guard_rates.route("/rates")
@rates.limit("10/minute")
def show_rates():
    return jsonify(rates=[])
