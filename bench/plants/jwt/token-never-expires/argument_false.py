"""For one token."""
# brings: jwt
# --- module guests
from flask_jwt_extended import create_access_token


def token_of_guest(guest):
    return create_access_token(identity=str(guest), expires_delta=False)  # keck: jwt/token-never-expires
