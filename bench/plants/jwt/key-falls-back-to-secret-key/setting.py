"""One setting made from the other."""
# needs: without jwt flask_jwt_extended
# needs: unset JWT_SECRET_KEY
# --- module own_tokens
from flask_jwt_extended import JWTManager, create_access_token

tokens = JWTManager()


def token_for(device):
    return create_access_token(identity=str(device))
# --- settings
JWT_SECRET_KEY = os.environ.get("SECRET_KEY")  # keck: jwt/key-falls-back-to-secret-key
import os
# --- factory
from here.own_tokens import tokens

tokens.init_app(app)
