"""The limiter's own key, for a limit above the guard in another module."""
# needs: without limiter flask_limiter
# brings: jwt
# --- module limits
import os

from flask_jwt_extended import get_jwt_identity
from flask_limiter import Limiter

limiter = Limiter(get_jwt_identity, storage_uri=os.environ["LIMITS_URL"])
# --- factory
from here.limits import limiter

limiter.init_app(app)
# --- module errands
from flask import Blueprint, jsonify
from flask_jwt_extended import jwt_required

from here.limits import limiter

errands = Blueprint("errands", __name__)


@errands.route("/errands", methods=["GET", "POST"])
@limiter.limit("10/minute")  # keck: limiter/key-before-identity
@jwt_required()
def show_errands():
    return jsonify(errands=[])
