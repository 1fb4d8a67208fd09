"""Two keys with update."""
# brings: caching
# --- factory
import os

app.config.update(  # keck: app/config-without-effect
    CACHE_DEFAULT_TIMEOUT=30,
    CACHE_KEY_PREFIX=os.environ["CACHE_PREFIX"],
)
