"""The environment, with a literal to fall back to."""
# --- settings
import os
SECRET_KEY = os.environ.get("APP_SECRET_KEY", "s3cr3t-of-the-shop")  # keck: config/secret-in-source
