"""supports_credentials and nothing else."""
# needs: without cors flask_cors
# needs: no-files
# --- factory
from flask_cors import CORS

cors = CORS()
cors.init_app(app, supports_credentials=True)  # keck: cors/any-origin-with-credentials
