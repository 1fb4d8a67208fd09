"""The canteen: what there is to eat this week, and who has ordered what."""

from __future__ import annotations

import datetime as dt
import os
from typing import Any

from dotenv import load_dotenv
from flask import Flask, Response, abort, jsonify, render_template, request
from flask_cors import CORS
from flask_jwt_extended import JWTManager, create_access_token, get_jwt_identity, jwt_required
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from werkzeug.middleware.proxy_fix import ProxyFix

load_dotenv()


class Base(DeclarativeBase):
    """What all tables have in common."""


app = Flask(__name__, static_url_path="/assets")
app.config.update(
    SQLALCHEMY_DATABASE_URI=os.getenv("DATABASE_URL", "sqlite:///canteen.db"),
    SQLALCHEMY_ENGINE_OPTIONS={"pool_pre_ping": True},
    JWT_SECRET_KEY=os.getenv("JWT_SECRET_KEY", "canteen-canteen-canteen-canteen!"),
    JWT_ACCESS_TOKEN_EXPIRES=dt.timedelta(hours=8),
    RATELIMIT_STORAGE_URI=os.getenv("REDIS_URL", "memory://"),
    RATELIMIT_HEADERS_ENABLED=True,
)
app.config.from_prefixed_env("CANTEEN")
app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1)  # type: ignore[method-assign]

db = SQLAlchemy(app, model_class=Base)
migrate = Migrate(app, db, compare_type=True, render_as_batch=True)
jwt = JWTManager(app)
limiter = Limiter(
    key_func=get_remote_address,
    app=app,
    default_limits=["1000/day", "100/minute"],
    strategy="moving-window",
)
CORS(app, resources={r"/v1/*": {"origins": "*"}, r"/admin/*": {"origins": ["https://admin.canteen.example"]}})


class Dish(db.Model):
    """A dish on a day."""

    __tablename__ = "dish"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(db.String(80))
    day: Mapped[dt.date]
    price: Mapped[int]
    vegan: Mapped[bool] = mapped_column(default=False)
    orders: Mapped[list[Order]] = relationship(back_populates="dish")

    def public(self) -> dict[str, Any]:
        """What everybody may see."""
        return {"id": self.id, "name": self.name, "day": self.day.isoformat(), "price": self.price, "vegan": self.vegan}


class Order(db.Model):
    """A dish for a person."""

    __tablename__ = "order"

    id: Mapped[int] = mapped_column(primary_key=True)
    person: Mapped[str] = mapped_column(db.String(40))
    dish_id: Mapped[int] = mapped_column(db.ForeignKey("dish.id"))
    dish: Mapped[Dish] = relationship(back_populates="orders")


@app.get("/")
def menu() -> str:
    dishes = db.session.scalars(db.select(Dish).order_by(Dish.day, Dish.name))
    return render_template("menu.html", dishes=dishes)


@app.post("/v1/token")
@limiter.limit("3/minute")
def token() -> Response | tuple[Response, int]:
    data = request.get_json()
    if data.get("pin") != app.config.get("PIN", "0000"):
        return jsonify(error="wrong pin"), 401
    return jsonify(token=create_access_token(data["person"], additional_claims={"cook": data["person"] == "cook"}))


@app.get("/v1/dishes")
def dishes() -> Response:
    query = db.select(Dish).order_by(Dish.id)
    if day := request.args.get("day"):
        query = query.where(Dish.day == dt.date.fromisoformat(day))
    if "vegan" in request.args:
        query = query.where(Dish.vegan)
    return jsonify(dishes=[dish.public() for dish in db.session.scalars(query)])


@app.post("/v1/dishes/<int:dish_id>/orders")
@jwt_required()
def order(dish_id: int) -> tuple[Response, int]:
    dish = db.get_or_404(Dish, dish_id)
    if dish.day < today():
        abort(409, "that was before today")
    order = Order(person=get_jwt_identity(), dish=dish)
    db.session.add(order)
    db.session.commit()
    return jsonify(id=order.id), 201


@app.get("/v1/orders")
@jwt_required()
def orders() -> Response:
    mine = db.session.scalars(db.select(Order).filter_by(person=get_jwt_identity()))
    return jsonify(orders=[{"id": one.id, "dish": one.dish.name} for one in mine])


@app.put("/admin/dishes")
@jwt_required()
@limiter.exempt
def put_dishes() -> tuple[str, int]:
    if get_jwt_identity() != "cook":
        abort(403, "only the cook may")
    for data in request.get_json():
        db.session.add(Dish(**{**data, "day": dt.date.fromisoformat(data["day"])}))
    db.session.commit()
    return "", 204


def today() -> dt.date:
    return dt.date.fromisoformat(app.config["TODAY"]) if "TODAY" in app.config else dt.date.today()


@app.errorhandler(403)
@app.errorhandler(404)
@app.errorhandler(409)
def as_json(error: Any) -> tuple[Response, int]:
    return jsonify(error=error.description), error.code


@jwt.expired_token_loader
def expired(header: dict[str, Any], payload: dict[str, Any]) -> tuple[Response, int]:
    return jsonify(error=f"log in again, {payload['sub']}"), 401


@app.cli.command("sums")
def sums() -> None:
    """Print what each person has to pay."""
    rows = db.session.execute(
        db.select(Order.person, db.func.sum(Dish.price)).join(Dish).group_by(Order.person).order_by(Order.person)
    )
    for person, cents in rows:
        print(f"{person}: {cents / 100:.2f}")


if __name__ == "__main__":
    app.run(port=int(os.getenv("PORT", "8000")))
