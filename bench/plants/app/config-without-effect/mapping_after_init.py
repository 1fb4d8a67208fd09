"""from_mapping with a keyword, in an if."""
# brings: limiter
# --- factory
if app.debug:
    app.config.from_mapping(RATELIMIT_ENABLED=False)  # keck: app/config-without-effect
