from werkzeug.security import check_password_hash, generate_password_hash

from shop import db

basket_items = db.Table(
    'basket_items',
    db.Column('customer_id', db.ForeignKey('customer.id'), primary_key=True),
    db.Column('product_id', db.ForeignKey('product.id'), primary_key=True),
)


class Customer(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    email = db.Column(db.String(120), unique=True, nullable=False)
    password = db.Column(db.String(200), nullable=False)
    is_staff = db.Column(db.Boolean, default=False, nullable=False)

    basket = db.relationship('Product', secondary=basket_items, lazy='selectin')

    def set_password(self, password):
        self.password = generate_password_hash(password, method='pbkdf2:sha256:1000')

    def check_password(self, password):
        return check_password_hash(self.password, password)


class Product(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(80), nullable=False)
    price = db.Column(db.Integer, nullable=False)  # cents
    stock = db.Column(db.Integer, default=0)

    def to_dict(self):
        return {'id': self.id, 'name': self.name, 'price': self.price, 'stock': self.stock}
