"""In the factory itself."""
# needs: factory
# --- factory
app.app_context().push()  # keck: app/app-context-pushed-at-import
