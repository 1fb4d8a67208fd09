"""Who delivers, as MAIL_DELIVERY says: a thread of the server, Celery workers, or only `flask mail deliver`."""

from __future__ import annotations

from flask import Flask

from ..config import settings_of
from .broker import Bell
from .commands import commands
from .outbox import WAKE
from .thread import DeliveryThread

THREAD = "mail-thread"
"""Where `app.extensions` holds the delivery thread, if there is one."""


def init_app(app: Flask) -> None:
    """Have the mail of `app` delivered, and give it the commands `flask mail ...`."""
    settings = settings_of(app)
    if settings.mail_delivery == "thread":
        thread = app.extensions[THREAD] = DeliveryThread(app)
        app.extensions[WAKE] = thread.wake
        app.before_request(thread.start)
    elif settings.mail_delivery == "celery":
        app.extensions[WAKE] = Bell(settings).ring
    else:
        app.extensions[WAKE] = lambda: None
    app.cli.add_command(commands)
