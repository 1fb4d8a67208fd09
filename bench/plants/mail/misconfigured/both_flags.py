"""SSL and STARTTLS at once."""
# needs: without mail flask_mail mailman
# --- module own_post
from flask_mail import Mail

post = Mail()
# --- factory
import os
from here.own_post import post

app.config["MAIL_SERVER"] = os.environ["MAIL_SERVER"]
app.config["MAIL_DEFAULT_SENDER"] = "shop@example.com"
app.config["MAIL_USE_TLS"] = True
app.config["MAIL_USE_SSL"] = True  # keck: mail/misconfigured
post.init_app(app)
