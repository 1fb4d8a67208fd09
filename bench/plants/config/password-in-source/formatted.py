"""Put together from literals."""
# brings: sqlalchemy
# --- early
DB_USER = "shop"
DB_PASSWORD = "Wq7zx0Lm"
app.config["SQLALCHEMY_DATABASE_URI"] = f"mysql+pymysql://{DB_USER}:{DB_PASSWORD}@db.shop.internal/shop"  # keck: config/password-in-source
