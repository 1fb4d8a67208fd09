"""0, which people take for `at once`."""
# needs: unset JWT_REFRESH_TOKEN_EXPIRES
# brings: jwt
# --- settings
JWT_REFRESH_TOKEN_EXPIRES = 0  # keck: jwt/token-never-expires
