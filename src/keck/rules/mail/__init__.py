"""Rules for Flask-Mail."""
