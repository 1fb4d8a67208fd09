"""Inside resources, with a pattern for anything."""
# needs: without cors flask_cors
# --- factory
from flask_cors import CORS

cors = CORS()
cors.init_app(app, resources={r"/api/.*": {"origins": r".*", "supports_credentials": True}})  # keck: cors/any-origin-with-credentials
