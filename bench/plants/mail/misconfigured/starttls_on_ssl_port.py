"""STARTTLS on the port of SSL, in the settings."""
# needs: without mail flask_mail mailman
# needs: unset MAIL_PORT MAIL_USE_TLS
# --- module own_post
from flask_mail import Mail

post = Mail()
# --- settings
MAIL_SERVER = "smtp.example.com"
MAIL_PORT = 465
MAIL_USE_TLS = True  # keck: mail/misconfigured
MAIL_DEFAULT_SENDER = "shop@example.com"
# --- factory
from here.own_post import post

post.init_app(app)
