from flask import Blueprint, jsonify, request
from flask_jwt_extended import create_access_token, get_jwt_identity, jwt_required

import main
from models import Member

bp = Blueprint("members", __name__)


@bp.post("/")
def join():
    member = Member(card=request.form["card"], pin=request.form["pin"])
    main.db.session.add(member)
    main.db.session.commit()
    return jsonify(id=member.id), 201


@bp.post("/token")
def token():
    member = Member.query.filter_by(card=request.form["card"]).first()
    if not member or not member.has_pin(request.form["pin"]):
        return jsonify(error="wrong card or pin"), 401
    return jsonify(token=create_access_token(str(member.id)), days=main.app.config["LOAN_DAYS"])


@bp.get("/me")
@main.limiter.exempt
@jwt_required()
def me():
    return jsonify(id=int(get_jwt_identity()))
