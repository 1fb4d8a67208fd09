"""A comment about a finding that is not there."""
# --- module quiet
from flask import Blueprint

quiet = Blueprint("quiet", __name__)


@quiet.get("/quiet")
def show():  # keck: ignore[together/decorator-above-route] it was once  # keck: unused-ignore
    return "ok"
