"""`flask mail ...`: delivering by hand or by cron, and looking after what could not be delivered."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import click
from sqlalchemy import delete
from sqlalchemy import select
from sqlalchemy import update

from ..commands import DatabaseGroup
from ..database import now
from ..database import unit_of_work
from ..extensions import db
from ..models import OutgoingMail
from ..models.outgoing import DEAD
from ..models.outgoing import PENDING
from .delivery import deliver

commands = DatabaseGroup("mail", help="The outbox of mails.")


@commands.command("deliver")
@click.option("--once/--all", help="One batch, or (default) batch after batch until nothing is due.")
def deliver_command(*, once: bool) -> None:
    """Deliver what is due. Fails when something could not be sent."""
    sent = dropped = failed = 0
    more = True
    while more:
        batch = deliver()
        sent, dropped, failed = sent + batch.sent, dropped + batch.dropped, failed + batch.failed
        more = batch.more and not once
    click.echo(f"{sent} sent, {dropped} dropped, {failed} failed")
    if failed:
        raise click.exceptions.Exit(1)


@commands.command("dead")
def dead_command() -> None:
    """Show the mails that were given up, the oldest first: id, time, template, recipient, reason."""
    mails = select(OutgoingMail).where(OutgoingMail.state == DEAD).order_by(OutgoingMail.created_at)
    for mail in db.session.scalars(mails):
        click.echo(f"{mail.id}  {mail.created_at:%Y-%m-%d %H:%M}  {mail.template}  {mail.recipient}  {mail.last_error}")


@commands.command("retry")
@click.argument("mail_id", metavar="[ID]", type=click.UUID, required=False)
@click.option("--all", "everything", is_flag=True, help="Every mail that was given up.")
def retry_command(*, mail_id: UUID | None, everything: bool) -> None:
    """Have a mail that was given up delivered after all, or all of them."""
    if (mail_id is None) != everything:
        raise click.UsageError("Give either the id of a mail, as `flask mail dead` shows it, or --all.")
    revived = update(OutgoingMail).where(OutgoingMail.state == DEAD)
    if mail_id is not None:
        revived = revived.where(OutgoingMail.id == mail_id)
    revived = revived.values(state=PENDING, due_at=now(), attempts=0, finished_at=None).returning(OutgoingMail.id)
    with unit_of_work(db) as work:
        number = len(work.scalars(revived).all())
    if mail_id is not None and not number:
        raise click.ClickException(f"No mail {mail_id} was given up.")
    click.echo(f"{number} to be delivered")


@commands.command("purge")
@click.option("--older-than", "days", type=click.IntRange(min=1), required=True, metavar="DAYS")
def purge_command(*, days: int) -> None:
    """Delete the mails that were sent, dropped or given up so many days ago or earlier. Waiting ones stay."""
    old = delete(OutgoingMail).where(OutgoingMail.finished_at < now() - timedelta(days=days))
    with unit_of_work(db) as work:
        number = len(work.scalars(old.returning(OutgoingMail.id)).all())
    click.echo(f"{number} deleted")
