"""No scheme, in the config."""
# needs: without cors flask_cors
# --- factory
from flask_cors import CORS

app.config["CORS_ORIGINS"] = ["shop.example.com"]  # keck: cors/origin-never-matches
cors = CORS()
cors.init_app(app)
