"""Faults in how results are cached with Flask-Caching."""
