"""One text where several keys belong, in a mapping, from another module."""
# needs: since flask 3.1
# needs: unset SECRET_KEY_FALLBACKS
# --- module old_keys
RETIRED = "shop-2023"
# --- early
from here.old_keys import RETIRED

app.config.from_mapping({"SECRET_KEY_FALLBACKS": RETIRED})  # keck: config/wrong-type
