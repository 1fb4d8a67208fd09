"""A comment that names no rule of ours."""
# --- module quiet
from flask import Blueprint

quiet = Blueprint("quiet", __name__)


@quiet.get("/quiet")
def show():  # keck: ignore[jwt/optional-call] never was  # keck: unused-ignore
    return "ok"
