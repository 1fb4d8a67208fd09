from flask_jwt_extended import JWTManager
from models import RevokedToken, db

jwt = JWTManager()  # keck: app/second-extension-instance


@jwt.token_in_blocklist_loader
def is_revoked(header, payload):
    found = db.session.scalar(db.select(RevokedToken).filter_by(jti=payload["jti"]))
    return found is not None
