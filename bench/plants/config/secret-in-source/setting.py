"""A literal in the settings that are loaded."""
# --- settings
SECRET_KEY = "v8#kQ2z!mLr0p4Xw"  # keck: config/secret-in-source
