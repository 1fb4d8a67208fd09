"""A limiter beside the view that needs it."""
# brings: limiter
# --- module uploads_api
import os

from flask import Blueprint, jsonify
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

uploads_api = Blueprint("uploads_api", __name__)
upload_limiter = Limiter(key_func=get_remote_address, storage_uri=os.environ["LIMITS_URL"])  # keck: app/second-extension-instance, app/extension-never-bound


@uploads_api.post("/uploads-api")
@upload_limiter.limit("3/hour")
def upload():
    return jsonify(ok=True)
