#!/usr/bin/env python
"""Everything that `flask` can, and the club's own commands: ./manage.py book 12.50 Rent"""

from flask.cli import FlaskGroup

from ledger.app import app

cli = FlaskGroup(create_app=lambda: app, help=__doc__)

if __name__ == "__main__":
    cli()
