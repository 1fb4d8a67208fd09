"""A slip of the finger."""
# brings: mail
# --- early
app.config["MAIL_SEVER"] = "smtp.shop.internal"  # keck: config/unknown-key
