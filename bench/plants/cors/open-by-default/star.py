"""The star in words, for a part of the URLs."""
# needs: without cors flask_cors
# --- factory
import flask_cors

sharing = flask_cors.CORS()
sharing.init_app(app, resources={r"/api/.*": {"origins": "*"}})  # keck: cors/open-by-default
