"""Gone since Flask-JWT-Extended 4."""
# needs: since flask-jwt-extended 4.0
# needs: unset JWT_BLACKLIST_ENABLED
# brings: jwt
# --- settings
JWT_BLACKLIST_ENABLED = True  # keck: config/unknown-key
