"""A star for subdomains."""
# needs: without cors flask_cors
# --- factory
from flask_cors import CORS

cors = CORS()
cors.init_app(app, origins=["https://*.example.com"])  # keck: cors/origin-pattern-too-wide
