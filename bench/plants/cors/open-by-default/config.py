"""The star in the config."""
# needs: without cors flask_cors
# --- factory
from flask_cors import CORS as Sharing

app.config["CORS_ORIGINS"] = ["*"]
sharing = Sharing()
sharing.init_app(app)  # keck: cors/open-by-default
