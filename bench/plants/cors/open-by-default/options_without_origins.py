"""Options, but none for the origins; the options by name."""
# needs: without cors flask_cors
# needs: no-files
# --- module sharing_options
OPTIONS = {r"/orders-api/.*": {"methods": ["GET", "POST"], "max_age": 600}}
# --- factory
from flask_cors import CORS
from here.sharing_options import OPTIONS

cors = CORS()
cors.init_app(app, resources=OPTIONS)  # keck: cors/open-by-default
