"""SSL on the port of STARTTLS, in one update."""
# needs: without mail flask_mail mailman
# --- module own_post
from flask_mail import Mail

post = Mail()
# --- factory
from here.own_post import post

app.config.update(
    MAIL_SERVER="smtp.example.com",
    MAIL_PORT=587,
    MAIL_USE_SSL=True,  # keck: mail/misconfigured
    MAIL_DEFAULT_SENDER="shop@example.com",
)
post.init_app(app)
