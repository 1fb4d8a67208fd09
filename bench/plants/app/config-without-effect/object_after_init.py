"""A class of settings loaded after the binding."""
# needs: without cors flask_cors
# --- module sharing_settings
class Sharing:
    CORS_ORIGINS = ["https://shop.example.com"]
    CORS_MAX_AGE = 600
# --- factory
from flask_cors import CORS
from here.sharing_settings import Sharing

cors = CORS()
cors.init_app(app, methods=["GET"], origins=["https://shop.example.com"])
cors_later = CORS()
cors_later.init_app(app, resources={r"/reports/.*": {"methods": ["GET"]}})
app.config.from_object(Sharing)  # keck: app/config-without-effect
