"""A helper of another module makes the token from the model it is given."""
# needs: without jwt flask_jwt_extended
# brings: jwt
# needs: since flask-sqlalchemy 3.0
# brings: sqlalchemy
# needs: since pyjwt 2.10
# --- module cards
from here import db


class Card(db.Model):
    __tablename__ = "planted_card"
    id = db.Column(db.Integer, primary_key=True)
    code = db.Column(db.String(20), unique=True)
# --- module issuing
from flask_jwt_extended import create_access_token as issue

from here.cards import Card


def token_for(card: Card) -> str:
    return issue(identity=card.id, additional_claims={"kind": "card"})  # keck: jwt/non-string-identity
