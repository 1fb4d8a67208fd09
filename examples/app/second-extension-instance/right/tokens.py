from models import RevokedToken, db

from models import jwt


@jwt.token_in_blocklist_loader
def is_revoked(header, payload):
    found = db.session.scalar(db.select(RevokedToken).filter_by(jti=payload["jti"]))
    return found is not None
