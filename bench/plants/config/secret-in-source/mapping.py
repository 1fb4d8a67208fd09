"""from_mapping with a name that holds the literal."""
# --- factory
SHOP_KEY = "b7f1-93ac-44d0-shop"  # keck: config/secret-in-source
app.config.from_mapping(SECRET_KEY=SHOP_KEY)
