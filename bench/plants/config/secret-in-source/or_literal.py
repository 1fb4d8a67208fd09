"""`getenv(...) or` a literal, for the tokens."""
# brings: jwt
# --- factory
import os
app.config["JWT_SECRET_KEY"] = os.getenv("SHOP_JWT_KEY") or "tokens-of-the-shop-91"  # keck: config/secret-in-source
