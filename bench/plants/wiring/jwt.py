"""Flask-JWT-Extended with a key of its own, bound in the factory."""
# --- module own_jwt
from flask_jwt_extended import JWTManager

jwt = JWTManager()
# --- factory
import os
from here.own_jwt import jwt

app.config["JWT_SECRET_KEY"] = os.environ["JWT_SECRET_KEY"]
jwt.init_app(app)
