"""from_mapping with a name that holds the literal."""
# --- early
SHOP_KEY = "b7f1-93ac-44d0-shop"
app.config.from_mapping(SECRET_KEY=SHOP_KEY)  # keck: config/secret-in-source
