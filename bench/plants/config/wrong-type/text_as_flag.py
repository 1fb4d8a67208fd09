"""A flag as a text, in the settings."""
# needs: unset SESSION_COOKIE_SECURE
# --- settings
SESSION_COOKIE_SECURE = "False"  # keck: config/wrong-type
