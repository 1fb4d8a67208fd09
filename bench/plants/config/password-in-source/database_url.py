"""User and password in the URL of the database."""
# brings: sqlalchemy
# --- settings
SQLALCHEMY_DATABASE_URI = "postgresql://shop:Wq7zx0Lm@db.shop.internal/shop"  # keck: config/password-in-source
