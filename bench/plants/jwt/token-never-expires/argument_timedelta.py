"""timedelta() for an access token, as an attribute of the package."""
# brings: jwt
# --- module guests
import datetime as dt

import flask_jwt_extended as tokens


def token_of_guest(guest):
    never = dt.timedelta()
    return tokens.create_access_token(str(guest), expires_delta=never)  # keck: jwt/token-never-expires
