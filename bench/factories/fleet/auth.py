from functools import wraps

from flask import jsonify, request
from flask_jwt_extended import create_access_token, current_user, verify_jwt_in_request

from app import app, db, jwt
from models import Driver


@jwt.user_identity_loader
def identity(driver):
    return str(driver.id)


@jwt.user_lookup_loader
def lookup(header, payload):
    return db.session.get(Driver, int(payload['sub']))


@jwt.additional_claims_loader
def claims(driver):
    return {'role': driver.role}


def role(*roles):
    """Only for drivers with one of the roles."""
    def decorator(view):
        @wraps(view)
        def wrapper(*args, **kwargs):
            verify_jwt_in_request()
            if current_user.role not in roles:
                return {'error': 'not for a %s' % current_user.role}, 403
            return view(*args, **kwargs)
        return wrapper
    return decorator


@app.route('/token', methods=['POST'])
def token():
    data = request.get_json()
    driver = Driver.query.filter_by(email=data['email']).first()
    if driver is None or not driver.check(data['password']):
        return jsonify(error='wrong email or password'), 401
    return jsonify(token=create_access_token(driver))
