"""The star in words, the options in the constructor."""
# needs: without cors flask_cors
# --- module sharing
from flask_cors import CORS

cors = CORS(origins="*", supports_credentials=True)
# --- factory
from here.sharing import cors

cors.init_app(app)  # keck: cors/any-origin-with-credentials
