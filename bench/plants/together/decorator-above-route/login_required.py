"""Flask-Login's guard above a route of the repository's own."""
# --- beside views
from flask import jsonify as planted_jsonify
from flask_login import login_required as members_only


@members_only  # keck: together/decorator-above-route
@board.route("/planted-vault")
def planted_vault():
    return planted_jsonify(vault="gold")
