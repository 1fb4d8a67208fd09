"""For one token."""
# brings: jwt
# --- module devices
from flask_jwt_extended import create_access_token


def token_of_device(device):
    return create_access_token(identity=str(device), expires_delta=False)  # keck: jwt/token-never-expires
