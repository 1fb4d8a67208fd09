import os
import sys
from flask import Flask, Response, render_template, request, redirect, url_for, flash, jsonify, abort, session
from flask_sqlalchemy import SQLAlchemy
from flask_caching import Cache
from flask_mail import Mail, Message
from sqlalchemy import or_
from functools import wraps

app = Flask(__name__, instance_relative_config=True)

# Configuration
app.config['SECRET_KEY'] = 'grandma'
app.config['SQLALCHEMY_DATABASE_URI'] = 'sqlite:///' + ('recipes.db' if 'pytest' not in sys.modules else ':memory:')
app.config['SQLALCHEMY_TRACK_MODIFICATIONS'] = False
app.config.update(
    MAIL_SERVER='localhost',
    MAIL_DEFAULT_SENDER=('Recipes', 'recipes@example.com'),
    MAIL_SUPPRESS_SEND='pytest' in sys.modules,
)
if 'RECIPES_SETTINGS' in os.environ:
    app.config.from_envvar('RECIPES_SETTINGS')

# Initialize extensions
db = SQLAlchemy(app)
cache = Cache(app, config={'CACHE_TYPE': 'SimpleCache', 'CACHE_DEFAULT_TIMEOUT': 120})
mail = Mail(app)


# Models
class Cook(db.Model):
    __tablename__ = 'cooks'
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(50), unique=True)
    recipes = db.relationship('Recipe', back_populates='cook', order_by='Recipe.title')

    def __repr__(self):
        return '<Cook %s>' % self.name


class Recipe(db.Model):
    __tablename__ = 'recipes'
    id = db.Column(db.Integer, primary_key=True)
    title = db.Column(db.String(100), nullable=False)
    minutes = db.Column(db.Integer, default=30)
    text = db.Column(db.Text)
    cook_id = db.Column(db.Integer, db.ForeignKey('cooks.id'))
    cook = db.relationship('Cook', back_populates='recipes')
    ingredients = db.relationship('Ingredient', cascade='all, delete-orphan', backref='recipe')

    @property
    def is_quick(self):
        return self.minutes <= app.config.get('QUICK_MINUTES', 15)


class Ingredient(db.Model):
    __tablename__ = 'ingredients'
    id = db.Column(db.Integer, primary_key=True)
    recipe_id = db.Column(db.Integer, db.ForeignKey('recipes.id'), nullable=False)
    name = db.Column(db.String(50), nullable=False)
    amount = db.Column(db.String(20))


SEED = [
    ('Ida', 'Pancakes', 20, [('flour', '250 g'), ('milk', '500 ml'), ('eggs', '3')]),
    ('Ida', 'Toast', 5, [('bread', '2 slices'), ('butter', None)]),
    ('Otto', 'Goulash', 150, [('beef', '1 kg'), ('onions', '1 kg')]),
]


def seed():
    """Puts the first recipes in, once"""
    if Recipe.query.first():
        return
    cooks = {}
    for name, title, minutes, ingredients in SEED:
        cook = cooks.setdefault(name, Cook(name=name))
        recipe = Recipe(title=title, minutes=minutes, cook=cook)
        recipe.ingredients = [Ingredient(name=i, amount=a) for i, a in ingredients]
        db.session.add(recipe)
    db.session.commit()


with app.app_context():
    db.create_all()
    seed()


def cook_required(f):
    @wraps(f)
    def decorated(*args, **kwargs):
        if 'cook' not in session:
            flash('Tell me who you are first')
            return redirect(url_for('enter'))
        return f(*args, **kwargs)
    return decorated


# Routes
@app.route('/')
def index():
    recipes = Recipe.query.order_by(Recipe.title).all()
    return render_template('index.html', recipes=recipes)


@app.route('/enter', methods=['GET', 'POST'])
def enter():
    if request.method == 'POST':
        cook = Cook.query.filter_by(name=request.form['name']).first()
        if cook is None:
            cook = Cook(name=request.form['name'])
            db.session.add(cook)
            db.session.commit()
        session['cook'] = cook.id
        return redirect(url_for('index'))
    return '''
        <form method="post">
            <p><input type=text name=name>
            <p><input type=submit value=Enter>
        </form>
    '''


@app.route('/recipe/<int:id>')
@cache.cached()
def recipe(id):
    recipe = Recipe.query.get_or_404(id)
    return render_template('recipe.html', recipe=recipe)


@app.route('/recipe/new', methods=['POST'])
@cook_required
def new_recipe():
    recipe = Recipe(title=request.form['title'], minutes=int(request.form.get('minutes', 30)), cook_id=session['cook'])
    for line in request.form.get('ingredients', '').splitlines():
        amount, _, name = line.rpartition(' ')
        recipe.ingredients.append(Ingredient(name=name, amount=amount))
    db.session.add(recipe)
    db.session.commit()
    return redirect(url_for('recipe', id=recipe.id))


@app.route('/recipe/<int:id>/delete', methods=['POST'])
@cook_required
def delete_recipe(id):
    recipe = db.session.get(Recipe, id) or abort(404)
    if recipe.cook_id != session['cook']:
        abort(403)
    db.session.delete(recipe)
    db.session.commit()
    cache.clear()
    flash('Deleted %s' % recipe.title)
    return redirect(url_for('index'))


@app.route('/recipe/<int:id>/mail', methods=['POST'])
def mail_recipe(id):
    recipe = Recipe.query.get_or_404(id)
    message = Message(recipe.title, recipients=[request.form['to']])
    message.body = '\n'.join('%s %s' % (i.amount or '', i.name) for i in recipe.ingredients)
    mail.send(message)
    return 'sent', 202


@app.route('/search')
def search():
    words = request.args.get('q', '')
    found = Recipe.query.join(Ingredient).filter(
        or_(Recipe.title.ilike('%' + words + '%'), Ingredient.name.ilike('%' + words + '%'))
    ).distinct().order_by(Recipe.id).all()
    return jsonify([{'id': r.id, 'title': r.title, 'quick': r.is_quick} for r in found])


@cache.memoize(60)
def count_ingredients(name):
    return Ingredient.query.filter_by(name=name).count()


@app.route('/ingredients/<name>')
def ingredient(name):
    return jsonify(name=name, count=count_ingredients(name))


@app.route('/export.csv')
def export():
    titles = [(r.title, r.cook.name) for r in Recipe.query.order_by(Recipe.id)]

    def lines():
        for title, cook in titles:
            yield app.config.get('CSV_SEPARATOR', ',').join((title, cook)) + '\n'
    return Response(lines(), mimetype='text/csv')


@app.context_processor
def inject_cook():
    cook = db.session.get(Cook, session['cook']) if 'cook' in session else None
    return dict(cook=cook)


@app.errorhandler(404)
def page_not_found(e):
    return render_template('404.html'), 404


@app.errorhandler(500)
def internal_error(e):
    db.session.rollback()
    return 'Something burnt', 500


if __name__ == '__main__':
    port = int(os.environ.get('PORT', 5000))
    print('cooking on port', port)
    app.run(host='0.0.0.0', port=port, debug=True)
