"""A subclass, its instance dropped."""
# needs: without jwt flask_jwt_extended
# --- module tokens
from flask_jwt_extended import JWTManager


class Tokens(JWTManager):
    """Tokens with our own messages."""
# --- factory
import os
from here.tokens import Tokens

app.config["JWT_SECRET_KEY"] = os.environ["JWT_SECRET_KEY"]
Tokens(app)  # keck: app/extension-bound-in-constructor
