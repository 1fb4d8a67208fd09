"""A decorator where the app is made."""
# needs: without flask_smorest flask_rest_api
# needs: never register_error_handler
# --- factory
from flask import jsonify


@app.errorhandler(Exception)  # keck: app/catch-all-error-handler
def everything_failed(error):
    app.logger.error("failed: %s", error)
    return jsonify(error="internal error"), 500
