"""`headers`, which was renamed, in the constructor."""
# needs: without cors flask_cors
# --- module sharing
from flask_cors import CORS

cors = CORS(origins=["https://shop.example.com"], headers=["Authorization"])  # keck: cors/unknown-option
# --- factory
from here.sharing import cors

cors.init_app(app)
