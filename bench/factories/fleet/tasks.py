from flask import render_template_string
from flask_mail import Message
from click import argument, echo

from app import app, db, mail
from models import Van

LETTER = '''{{ van.plate }} has {{ van.km }} km and is due.
{{ url_for('van', plate=van.plate, _external=True) }}
'''


def write_to_workshop(van):
    message = Message('Service', recipients=[app.config['WORKSHOP']])
    message.body = render_template_string(LETTER, van=van)
    mail.send(message)


@app.cli.command('remind')
@argument('plates', nargs=-1)
def remind(plates):
    """Write to the workshop about all vans that are due."""
    app.config['SERVER_NAME'] = app.config['SERVER_NAME'] or 'fleet.example'
    with app.test_request_context():
        for van in Van.query.order_by(Van.plate):
            if van.due and (not plates or van.plate in plates):
                write_to_workshop(van)
                echo(van.plate)
