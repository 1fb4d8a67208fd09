"""The queue that wakes Celery's workers. It holds no mail, only the message that there is some."""

from __future__ import annotations

from typing import Any

from celery import Celery

from ..settings import Settings

TASK = "shop.mail.deliver"
PATIENCE = 0.5
"""Seconds that Redis may take for a step of publishing, of which there are two at most."""


def make_celery(settings: Settings, **transport: Any) -> Celery:  # noqa: ANN401 - options of Celery's transport
    """A Celery app that speaks JSON alone and keeps no results.

    Args:
        settings: Name the broker: Redis.
        transport: Options for the connections to Redis.
    """
    celery = Celery("shop", broker=settings.redis_url, set_as_current=False)
    celery.conf.update(
        accept_content=["json"],
        task_serializer="json",
        task_ignore_result=True,
        task_store_errors_even_if_ignored=False,
        task_acks_late=True,
        task_default_queue="shop-mail",
        task_routes={},
        worker_hijack_root_logger=False,
        worker_prefetch_multiplier=1,
        broker_connection_retry_on_startup=True,
        broker_transport_options=transport,
    )
    return celery


class Bell:
    """Wakes the workers from a process that answers requests, without ever making it wait for long."""

    def __init__(self, settings: Settings) -> None:
        self._expires = settings.mail_poll_seconds
        self._celery = make_celery(settings, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE, max_retries=0)

    def ring(self) -> None:
        """Ask a worker to deliver what is due. Nobody need hear it after the time in which workers look anyway.

        Raises:
            kombu.exceptions.OperationalError: Redis does not answer.
        """
        self._celery.send_task(TASK, expires=self._expires, ignore_result=True, retry=False)
