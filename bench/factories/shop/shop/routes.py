from flask import abort, jsonify, render_template, request, url_for
from flask_jwt_extended import create_access_token, current_user, get_jwt, jwt_required

from shop import app, db, revoked
from shop.models import Customer, Product

PER_PAGE = app.config['SHOP_PER_PAGE']


@app.route('/')
def index():
    products = db.session.execute(db.select(Product).order_by(Product.name)).scalars()
    return render_template('index.html', products=products)


@app.route('/api/products')
def products():
    page = request.args.get('page', 1, type=int)
    found = db.paginate(db.select(Product).order_by(Product.id), page=page, per_page=PER_PAGE)
    return jsonify(
        items=[one.to_dict() for one in found.items],
        next=url_for('products', page=found.next_num) if found.has_next else None,
        shop=app.config['SHOP_NAME'],
    )


@app.route('/api/products', methods=['POST'])
@jwt_required()
def add_product():
    if not current_user.is_staff:
        abort(403)
    data = request.get_json()
    product = Product(name=data['name'], price=data['price'], stock=data.get('stock', 0))
    db.session.add(product)
    db.session.commit()
    app.logger.info('%s added %s', current_user.email, product.name)
    return product.to_dict(), 201


@app.route('/api/login', methods=['POST'])
def login():
    data = request.get_json()
    customer = db.session.scalar(db.select(Customer).filter_by(email=data.get('email')))
    if customer is None or not customer.check_password(data.get('password', '')):
        return {'message': 'wrong email or password'}, 401
    return {'token': create_access_token(customer)}


@app.route('/api/logout', methods=['POST'])
@jwt_required()
def logout():
    revoked.add(get_jwt()['jti'])
    return '', 204


@app.route('/api/basket')
@jwt_required()
def basket():
    return {
        'items': [one.to_dict() for one in current_user.basket],
        'total': sum(one.price for one in current_user.basket),
    }


@app.route('/api/basket/<int:product_id>', methods=['PUT', 'DELETE'])
@jwt_required()
def change_basket(product_id):
    product = db.get_or_404(Product, product_id)
    if request.method == 'PUT':
        if not product.stock:
            return {'message': 'sold out'}, 409
        current_user.basket.append(product)
    else:
        current_user.basket.remove(product)
    db.session.commit()
    return basket()


@app.errorhandler(403)
@app.errorhandler(404)
def as_json(error):
    return {'message': error.name}, error.code


@app.shell_context_processor
def shell():
    return {'db': db, 'Customer': Customer, 'Product': Product}
