"""Celery's way in, as `wsgi.py` is the server's: `celery --app shop.mail.worker worker --beat`.

The task is rung for when mail is enqueued; every MAIL_POLL_SECONDS it looks for what is left over: mail whose bell was
lost, whose lease has ended, or that is to be tried again. Any number of workers may run, with a beat in one or all.
"""

from __future__ import annotations

from .. import create_app
from ..settings import load
from .broker import TASK
from .broker import make_celery
from .delivery import deliver

settings = load()
if settings.redis_url is None:
    raise SystemExit("Celery needs REDIS_URL.")
service = create_app(settings)
celery = make_celery(settings)
celery.conf.update(
    beat_scheduler="celery.beat:Scheduler",  # keeps no file: an interval needs no memory
    beat_schedule={
        "left over": {
            "task": TASK,
            "schedule": settings.mail_poll_seconds,
            "options": {"expires": settings.mail_poll_seconds},
        }
    },
)


@celery.task(name=TASK)
def deliver_due() -> None:
    """Deliver a batch, and ask for the next one when there is more."""
    with service.app_context():
        batch = deliver()
    if batch.more:
        deliver_due.apply_async()
