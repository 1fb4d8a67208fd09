"""A call of register_error_handler, in a helper of another module."""
# needs: without flask_smorest flask_rest_api
# needs: never register_error_handler
# --- module failures
from flask import jsonify


def on_failure(problem):
    return jsonify(message="something went wrong", kind=type(problem).__name__), 500


def answer_failures(flask_app):
    flask_app.register_error_handler(Exception, on_failure)  # keck: app/catch-all-error-handler
# --- factory
from here.failures import answer_failures

answer_failures(app)
