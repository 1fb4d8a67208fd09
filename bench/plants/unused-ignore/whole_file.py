"""A comment for the whole file."""
# --- module quiet
# keck: ignore-file[cors/open-by-default] public data  # keck: unused-ignore
from flask import Blueprint

quiet = Blueprint("quiet", __name__)


@quiet.get("/quiet")
def show():
    return "ok"
