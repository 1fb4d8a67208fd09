"""Rules on Flask-JWT-Extended."""
