"""JWTManager bound, and no JWT_SECRET_KEY anywhere."""
# needs: without jwt flask_jwt_extended
# needs: unset JWT_SECRET_KEY
# needs: seen
# --- module own_tokens
from flask_jwt_extended import JWTManager, create_access_token

tokens = JWTManager()  # keck: jwt/key-falls-back-to-secret-key


def token_for(device):
    return create_access_token(identity=str(device))
# --- factory
from here.own_tokens import tokens

tokens.init_app(app)
