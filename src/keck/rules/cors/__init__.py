"""Rules about Flask-CORS: what is written, and which policy comes out of it."""
