"""Limits as a list, in an update with keywords."""
# needs: unset RATELIMIT_APPLICATION
# brings: limiter
# --- early
app.config.update(
    RATELIMIT_APPLICATION=["200 per day", "50 per hour"],  # keck: config/wrong-type
)
