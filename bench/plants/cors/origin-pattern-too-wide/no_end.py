"""A regular expression without an end."""
# needs: without cors flask_cors
# --- factory
from flask_cors import CORS

cors = CORS(origins=[r"^https://.*\.example\.com"])  # keck: cors/origin-pattern-too-wide
cors.init_app(app)
