from flask import Flask
from flask_jwt_extended import JWTManager, jwt_required
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

app = Flask(__name__)
app.config.from_prefixed_env()
jwt = JWTManager(app)
limiter = Limiter(get_remote_address, app=app, default_limits=["100/hour"])


@jwt_required()  # keck: together/decorator-above-route
@app.get("/salaries")
def salaries():
    return {"ann": 70_000}


@limiter.limit("3/minute")  # keck: together/decorator-above-route
@app.get("/report")
@jwt_required()
def report():
    return {"total": 70_000}
