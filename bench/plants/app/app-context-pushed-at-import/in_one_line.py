"""The line of the tutorials."""
# needs: module-app
# --- factory
app.app_context().push()  # keck: app/app-context-pushed-at-import
