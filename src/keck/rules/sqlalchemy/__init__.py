"""Rules for Flask-SQLAlchemy."""
