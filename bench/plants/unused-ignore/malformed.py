"""A comment without its brackets."""
# --- module quiet
from flask import Blueprint

quiet = Blueprint("quiet", __name__)


@quiet.get("/quiet")
def show():  # keck: ignore jwt/required-without-call  # keck: unused-ignore
    return "ok"
