"""A lifetime as a text, in a mapping given by a helper of another module."""
# needs: unset PERMANENT_SESSION_LIFETIME
# --- module lifetimes
def configure(flask_app):
    flask_app.config.from_mapping(PERMANENT_SESSION_LIFETIME="3600")  # keck: config/wrong-type
# --- early
from here.lifetimes import configure

configure(app)
