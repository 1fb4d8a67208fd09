"""A helper of another module writes them."""
# needs: since flask-sqlalchemy 3.0
# brings: sqlalchemy
# --- module tuning
def tune(flask_app):
    flask_app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"pool_pre_ping": True}  # keck: app/config-without-effect
# --- factory
from here.tuning import tune

tune(app)
