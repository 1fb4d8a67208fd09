"""A number as the environment gives it, as an item."""
# needs: unset MAX_CONTENT_LENGTH
# --- early
import os

app.config["MAX_CONTENT_LENGTH"] = os.environ.get("MAX_BODY", "1000000")  # keck: config/wrong-type
