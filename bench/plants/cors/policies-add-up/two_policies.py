"""Two policies of one app."""
# needs: without cors flask_cors
# --- factory
from flask_cors import CORS

cors = CORS()
cors.init_app(app, origins=["https://admin.example.com"])  # keck: cors/policies-add-up
public_cors = CORS()
public_cors.init_app(app, origins=["https://shop.example.com"])
