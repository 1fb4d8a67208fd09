"""In a branch at module level."""
# needs: factory
# --- module status_site
import os

from flask import Flask

if os.environ.get("STATUS_FOLDER"):
    site = Flask(__name__, static_folder=os.environ["STATUS_FOLDER"])  # keck: app/app-at-module-level
else:
    site = Flask(__name__)  # keck: app/app-at-module-level


@site.route("/status-site")
def status_site():
    return "ok"
