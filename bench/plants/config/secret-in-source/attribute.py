"""On the app itself."""
# --- early
app.secret_key = "c0ffee-and-c00kies-77"  # keck: config/secret-in-source
