"""The class under another name, the instance on an attribute of the app."""
# needs: without mail flask_mail mailman
# --- factory
import os
from flask_mail import Mail as Mailer

app.config.update(MAIL_SERVER=os.environ["MAIL_SERVER"], MAIL_DEFAULT_SENDER=os.environ["MAIL_SENDER"])
app.mailer = Mailer(app=app)  # keck: app/extension-bound-in-constructor
