"""A slash at the end."""
# needs: without cors flask_cors
# --- factory
from flask_cors import CORS

cors = CORS()
cors.init_app(app, origins=["https://shop.example.com/"])  # keck: cors/origin-never-matches
