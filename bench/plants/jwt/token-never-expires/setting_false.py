"""False in the settings."""
# needs: unset JWT_ACCESS_TOKEN_EXPIRES
# brings: jwt
# --- settings
JWT_ACCESS_TOKEN_EXPIRES = False  # keck: jwt/token-never-expires
