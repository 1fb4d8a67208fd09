"""`origin` for `origins`."""
# needs: without cors flask_cors
# --- factory
from flask_cors import CORS

cors = CORS()
cors.init_app(app, origin=["https://shop.example.com"])  # keck: cors/unknown-option
