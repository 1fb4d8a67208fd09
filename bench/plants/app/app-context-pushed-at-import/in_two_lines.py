"""The context by name first."""
# needs: module-app
# --- factory
context = app.app_context()
context.push()  # keck: app/app-context-pushed-at-import
