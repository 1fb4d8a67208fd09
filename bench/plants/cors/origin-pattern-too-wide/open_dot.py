"""Dots that are any character, in the config."""
# needs: without cors flask_cors
# --- factory
from flask_cors import CORS

app.config["CORS_ORIGINS"] = r"^https://[a-z]+.example.com$"  # keck: cors/origin-pattern-too-wide
cors = CORS()
cors.init_app(app)
