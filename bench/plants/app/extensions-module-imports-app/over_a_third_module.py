"""Over a module that passes the app on."""
# needs: module-app
# needs: without mail flask_mail mailman
# needs: unset MAIL_DEBUG
# --- module core_app
from here import app

__all__ = ["app"]
# --- module postal
from flask_mail import Mail

from here.core_app import app  # keck: app/extensions-module-imports-app

mail = Mail()
app.logger.debug("mail is made")
# --- factory
import os

from here.postal import mail

app.config["MAIL_SERVER"] = os.environ["MAIL_SERVER"]
app.config["MAIL_DEFAULT_SENDER"] = os.environ["MAIL_SENDER"]
mail.init_app(app)
