"""Mail: rows in an outbox, written with the change that causes them, delivered after the commit.

`outbox.enqueue()` and `outbox.wake()` are what the rest of the service calls. The table is the truth: whoever
delivers (a thread, Celery workers, `flask mail deliver`) takes mails from it with a lease, and a mail leaves it only
once the SMTP server has taken it.
"""
