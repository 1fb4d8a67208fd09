"""Rules for Flask-Limiter."""
