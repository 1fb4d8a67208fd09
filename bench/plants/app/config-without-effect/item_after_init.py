"""One key by subscript after init_app."""
# brings: mail
# --- factory
import os

app.config["MAIL_SUPPRESS_SEND"] = "QUIET" in os.environ  # keck: app/config-without-effect
