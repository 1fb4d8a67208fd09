"""`cors = CORS(...)` beside the app, never bound."""
# needs: without cors flask_cors
# needs: sighted
# --- module sharing
from flask_cors import CORS

cors = CORS(origins=["https://shop.example.com"], supports_credentials=True)  # keck: app/extension-never-bound
# --- factory
from here.sharing import cors  # noqa: F401
