"""The dialogue with the server, password and all, to stderr."""
# needs: without mail flask_mail mailman
# --- module own_post
from flask_mail import Mail as Mailer

post = Mailer()
# --- factory
import os
from here.own_post import post

app.config.from_mapping(
    MAIL_SERVER=os.environ["MAIL_SERVER"],
    MAIL_DEFAULT_SENDER="shop@example.com",
    MAIL_DEBUG=True,  # keck: mail/misconfigured
)
post.init_app(app)
