"""Inside resources."""
# needs: without cors flask_cors
# --- factory
from flask_cors import CORS

cors = CORS()
cors.init_app(
    app,
    resources={
        r"/api/.*": {
            "origins": ["https://shop.example.com"],
            "support_credentials": True,  # keck: cors/unknown-option
        },
    },
)
