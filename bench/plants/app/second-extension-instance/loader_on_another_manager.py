"""A blocklist loader on a JWTManager that no app knows."""
# brings: jwt
# --- module revoked
from flask_jwt_extended import JWTManager as Manager

manager = Manager()  # keck: app/second-extension-instance, app/extension-never-bound
REVOKED = frozenset({"a1"})


@manager.token_in_blocklist_loader
def is_revoked(_header, payload):
    return payload["jti"] in REVOKED
# --- factory
from here.revoked import is_revoked  # noqa: F401
