import os
from datetime import timedelta

from flask import Flask, jsonify
from flask_cors import CORS
from flask_jwt_extended import JWTManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy

basedir = os.path.abspath(os.path.dirname(__file__))

app = Flask(__name__)
app.config['SECRET_KEY'] = os.environ.get('SECRET_KEY') or 'a-key-that-is-for-development-only'
app.config['SQLALCHEMY_DATABASE_URI'] = os.environ.get('DATABASE_URL') or 'sqlite:///shop.db'
app.config['JWT_SECRET_KEY'] = os.environ.get('JWT_SECRET_KEY') or 'another-key-for-development-only'
app.config['JWT_ACCESS_TOKEN_EXPIRES'] = timedelta(minutes=20)
app.config['SHOP_NAME'] = 'Corner Shop'
app.config['SHOP_PER_PAGE'] = 3

db = SQLAlchemy(app)
migrate = Migrate(app, db, directory=os.path.join(basedir, 'migrations'))
jwt = JWTManager(app)
cors = CORS(app, origins=['https://shop.example'], supports_credentials=True)


@jwt.user_identity_loader
def identity(customer):
    return str(customer.id)


@jwt.user_lookup_loader
def lookup(header, data):
    from shop.models import Customer

    return db.session.get(Customer, int(data['sub']))


@jwt.unauthorized_loader
def nobody(reason):
    return jsonify(message=reason), 401


@jwt.token_in_blocklist_loader
def is_revoked(header, data):
    return data['jti'] in revoked


revoked = set()

from shop import routes, models  # noqa: E402,F401
