"""On the app itself."""
# --- factory
app.secret_key = "c0ffee-and-c00kies-77"  # keck: config/secret-in-source
