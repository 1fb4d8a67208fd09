"""Both in the config."""
# needs: without cors flask_cors
# --- factory
from flask_cors import CORS

app.config["CORS_ORIGINS"] = "*"
app.config["CORS_SUPPORTS_CREDENTIALS"] = True
cors = CORS()
cors.init_app(app)  # keck: cors/any-origin-with-credentials
