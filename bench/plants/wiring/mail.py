"""Flask-Mail, bound in the factory."""
# --- module own_mail
from flask_mail import Mail

mail = Mail()
# --- factory
import os
from here.own_mail import mail

app.config["MAIL_SERVER"] = os.environ["MAIL_SERVER"]
app.config["MAIL_DEFAULT_SENDER"] = os.environ["MAIL_SENDER"]
mail.init_app(app)
