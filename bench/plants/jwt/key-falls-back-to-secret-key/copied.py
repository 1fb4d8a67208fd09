"""The same key again, by name."""
# needs: without jwt flask_jwt_extended
# needs: unset JWT_SECRET_KEY
# --- module own_tokens
from flask_jwt_extended import JWTManager, create_access_token

tokens = JWTManager()


def token_for(device):
    return create_access_token(identity=str(device))
# --- factory
from here.own_tokens import tokens

app.config["JWT_SECRET_KEY"] = app.config["SECRET_KEY"]  # keck: jwt/key-falls-back-to-secret-key
tokens.init_app(app)
