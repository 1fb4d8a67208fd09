"""Flask-Migrate."""
