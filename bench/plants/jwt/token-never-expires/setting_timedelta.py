"""timedelta(0) over a name, in the factory."""
# needs: unset JWT_ACCESS_TOKEN_EXPIRES
# brings: jwt
# --- factory
from datetime import timedelta

AT_ONCE = timedelta(seconds=0)
app.config.update(JWT_ACCESS_TOKEN_EXPIRES=AT_ONCE)  # keck: jwt/token-never-expires
