"""What one would guess it is called."""
# brings: caching
# --- settings
CACHE_TIMEOUT = 60  # keck: config/unknown-key
