"""In a module that the app's module imports."""
# needs: module-app
# --- module warmup
from here import app as flask_app

flask_app.app_context().push()  # keck: app/app-context-pushed-at-import
# --- factory
from here.warmup import flask_app  # noqa: F401
