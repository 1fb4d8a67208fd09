import os
from datetime import datetime

from flask import Flask, jsonify, render_template, request
from flask_caching import Cache
from flask_cors import CORS, cross_origin
from flask_jwt_extended import JWTManager, create_access_token, create_refresh_token, get_jwt_identity, jwt_required
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_mail import Mail, Message
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from werkzeug.security import check_password_hash, generate_password_hash

app = Flask(__name__)
app.config["SECRET_KEY"] = "kettle-and-leaf-2021"
app.config["SQLALCHEMY_DATABASE_URI"] = os.environ.get("DATABASE_URL", "sqlite:///shop.db")
app.config["SQLALCHEMY_TRACK_MODIFICATIONS"] = False
app.config["JWT_SECRET_KEY"] = os.environ.get("JWT_SECRET_KEY", "super-secret")
app.config["CACHE_TYPE"] = "simple"
app.config["CACHE_DEFAULT_TIMEOUT"] = 300
app.config["MAIL_SERVER"] = os.environ.get("MAIL_SERVER", "localhost")
app.config["MAIL_PORT"] = int(os.environ.get("MAIL_PORT", 25))
app.config["MAIL_DEFAULT_SENDER"] = "orders@kettle-and-leaf.example"

db = SQLAlchemy(app)
migrate = Migrate(app, db)
jwt = JWTManager(app)
cache = Cache(app)
mail = Mail(app)
limiter = Limiter(get_remote_address, app=app)
CORS(app, supports_credentials=True)


class User(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    email = db.Column(db.String(120), unique=True, nullable=False)
    password_hash = db.Column(db.String(256), nullable=False)
    is_admin = db.Column(db.Boolean, default=False)
    newsletter = db.Column(db.Boolean, default=True)
    orders = db.relationship("Order", backref="user", lazy=True)


class Product(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(80), nullable=False)
    price = db.Column(db.Integer, nullable=False)  # cents
    stock = db.Column(db.Integer, default=0)

    def to_dict(self):
        return {"id": self.id, "name": self.name, "price": self.price, "stock": self.stock}


class Order(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    user_id = db.Column(db.Integer, db.ForeignKey("user.id"), nullable=False)
    product_id = db.Column(db.Integer, db.ForeignKey("product.id"), nullable=False)
    quantity = db.Column(db.Integer, default=1)
    created = db.Column(db.DateTime, default=datetime.now)
    product = db.relationship("Product")

    def to_dict(self):
        return {
            "id": self.id,
            "product": self.product.name,
            "quantity": self.quantity,
            "total": self.quantity * self.product.price,
            "created": self.created.isoformat(),
        }


@app.route("/")
def index():
    return render_template("index.html", products=Product.query.order_by(Product.name).all())


# ---------- accounts ----------


@app.route("/api/register", methods=["POST"])
@limiter.limit("10 per hour")
def register():
    data = request.get_json()
    if User.query.filter_by(email=data["email"]).first():
        return jsonify(error="this address is taken"), 409
    user = User(email=data["email"], password_hash=generate_password_hash(data["password"]))
    db.session.add(user)
    db.session.commit()
    return jsonify(id=user.id), 201


@app.route("/api/login", methods=["POST"])
def login():
    data = request.get_json()
    user = User.query.filter_by(email=data.get("email")).first()
    if user is None or not check_password_hash(user.password_hash, data.get("password", "")):
        return jsonify(error="wrong e-mail or password"), 401
    return jsonify(
        access_token=create_access_token(identity=user.id),
        refresh_token=create_refresh_token(identity=user.id),
    )


@app.route("/api/refresh", methods=["POST"])
@jwt_required()
def refresh():
    return jsonify(access_token=create_access_token(identity=get_jwt_identity()))


@app.route("/api/me")
@jwt_required
def me():
    user = db.session.get(User, int(get_jwt_identity()))
    return jsonify(email=user.email, newsletter=user.newsletter)


# ---------- catalogue ----------


@app.route("/api/products")
@cache.cached(timeout=60)
def products():
    query = Product.query.filter(Product.stock > 0)
    search = request.args.get("q")
    if search:
        query = query.filter(Product.name.ilike(f"%{search}%"))
    return jsonify([product.to_dict() for product in query])


@app.route("/widget/today")
@cross_origin(origins=["https://*.kettle-and-leaf.example"])
def tea_of_the_day():
    everything = Product.query.all()
    if not everything:
        return jsonify(error="nothing on the shelf"), 404
    return jsonify(everything[datetime.now().day % len(everything)].to_dict())


# ---------- orders ----------


@app.route("/api/orders")
@jwt_required()
@cache.cached(timeout=120)
def my_orders():
    orders = Order.query.filter_by(user_id=int(get_jwt_identity())).all()
    return jsonify([order.to_dict() for order in orders])


@app.route("/api/orders", methods=["POST"])
@jwt_required()
def place_order():
    data = request.get_json()
    product = Product.query.get_or_404(data["product_id"])
    quantity = int(data.get("quantity", 1))
    if product.stock < quantity:
        return jsonify(error="not enough in stock"), 409
    product.stock -= quantity
    order = Order(user_id=int(get_jwt_identity()), product=product, quantity=quantity)
    db.session.add(order)
    db.session.commit()
    message = Message("Your order", recipients=[order.user.email])
    message.body = render_template("mail/order.txt", order=order)
    mail.send(message)
    return jsonify(order.to_dict()), 201


# ---------- back office ----------


@app.route("/api/admin/sales")
@cache.cached(timeout=600, key_prefix="sales")
@jwt_required()
def sales():
    total = sum(order.quantity * order.product.price for order in Order.query.all())
    return jsonify(orders=Order.query.count(), total=total)


@jwt_required()
@app.route("/api/admin/products/<int:id>", methods=["PUT"])
def update_product(id):
    product = Product.query.get_or_404(id)
    for field in ("name", "price", "stock"):
        if field in request.json:
            setattr(product, field, request.json[field])
    db.session.commit()
    return jsonify(product.to_dict())


@app.route("/api/admin/newsletter", methods=["POST"])
@jwt_required()
def newsletter():
    text = request.get_json()["text"]
    readers = User.query.filter_by(newsletter=True).all()
    for reader in readers:
        mail.send(Message("News from the kettle", recipients=[reader.email], body=text))
    return jsonify(sent=len(readers))


with app.app_context():
    db.create_all()
    if Product.query.count() == 0:
        db.session.add_all([
            Product(name="Assam", price=690, stock=40),
            Product(name="Darjeeling First Flush", price=1450, stock=12),
            Product(name="Sencha", price=980, stock=25),
        ])
        db.session.commit()

if __name__ == "__main__":
    app.run(debug=True)
