"""In a loop over the instances."""
# needs: without migrate flask_migrate mail flask_mail mailman
# brings: sqlalchemy
# needs: never create_all
# --- module revisions
from flask_mail import Mail
from flask_migrate import Migrate

mail = Mail()
migrate = Migrate()
EVERY = (mail, migrate)
# --- factory
import os

from here.revisions import EVERY

app.config.update(MAIL_SERVER=os.environ["MAIL_SERVER"], MAIL_DEFAULT_SENDER=os.environ["MAIL_SENDER"])
for extension in EVERY:
    extension.init_app(app)  # keck: migrate/bound-without-db
