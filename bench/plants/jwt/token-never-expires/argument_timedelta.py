"""timedelta() for a refresh token, as an attribute of the package."""
# brings: jwt
# --- module devices
import datetime as dt

import flask_jwt_extended as tokens


def long_token_of_device(device):
    never = dt.timedelta()
    return tokens.create_refresh_token(str(device), expires_delta=never)  # keck: jwt/token-never-expires
