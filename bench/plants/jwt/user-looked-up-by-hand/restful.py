"""Resources of Flask-RESTful that select by the primary key."""
# needs: without jwt flask_jwt_extended
# brings: jwt
# needs: since flask-sqlalchemy 3.0
# brings: sqlalchemy
# --- module members_api
from flask import Blueprint
from flask_jwt_extended import get_jwt_identity, jwt_required
from flask_restful import Api, Resource

from here import db

members_api = Blueprint("members_api", __name__)
api = Api(members_api)


class Member(db.Model):
    __tablename__ = "planted_member"
    id = db.Column(db.Integer, primary_key=True)
    email = db.Column(db.String(80), unique=True)


class Show(Resource):
    method_decorators = [jwt_required()]

    def get(self):
        email = get_jwt_identity()
        return {"id": db.session.scalar(db.select(Member).filter_by(email=email)).id}  # keck: jwt/user-looked-up-by-hand

    def delete(self):
        member = db.session.execute(db.select(Member).where(Member.email == get_jwt_identity())).scalar_one()
        db.session.delete(member)
        db.session.commit()
        return {"ok": True}


class Letters(Resource):
    @jwt_required()
    def get(self):
        member = db.session.scalars(db.select(Member).filter_by(email=get_jwt_identity())).first()
        return {"letters": [member.id]}


api.add_resource(Show, "/members-api")
api.add_resource(Letters, "/members-api/letters")
