"""In the module that a server imports."""
# needs: factory
# --- module wsgi
from here import create_app

application = create_app()
ctx = application.test_request_context()
ctx.push()  # keck: app/app-context-pushed-at-import
