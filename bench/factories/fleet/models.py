from sqlalchemy import event
from werkzeug.security import check_password_hash, generate_password_hash

from app import app, db


class Driver(db.Model):
    __tablename__ = 'drivers'

    id = db.Column(db.Integer, primary_key=True)
    email = db.Column(db.String(100), unique=True, nullable=False)
    password_hash = db.Column(db.String(200), nullable=False)
    role = db.Column(db.String(10), default='driver', nullable=False)
    trips = db.relationship('Trip', back_populates='driver', lazy='dynamic')

    def __init__(self, email, password, role='driver'):
        self.email = email
        self.password_hash = generate_password_hash(password, 'pbkdf2:sha256:1')
        self.role = role

    def check(self, password):
        return check_password_hash(self.password_hash, password)


class Van(db.Model):
    __tablename__ = 'vans'

    plate = db.Column(db.String(10), primary_key=True)
    km = db.Column(db.Integer, default=0, nullable=False)
    serviced_at = db.Column(db.Integer, default=0, nullable=False)
    trips = db.relationship('Trip', back_populates='van', cascade='all, delete-orphan')

    @property
    def due(self):
        return self.km - self.serviced_at >= app.config['SERVICE_EVERY']

    def as_dict(self):
        return {'plate': self.plate, 'km': self.km, 'due': self.due}


class Trip(db.Model):
    __tablename__ = 'trips'

    id = db.Column(db.Integer, primary_key=True)
    plate = db.Column(db.ForeignKey('vans.plate'), nullable=False)
    driver_id = db.Column(db.ForeignKey('drivers.id'), nullable=False)
    km = db.Column(db.Integer, nullable=False)
    van = db.relationship('Van', back_populates='trips')
    driver = db.relationship('Driver', back_populates='trips')


@event.listens_for(Trip, 'before_insert')
def count_km(mapper, connection, trip):
    vans = Van.__table__
    connection.execute(vans.update().where(vans.c.plate == trip.van.plate).values(km=vans.c.km + trip.km))
    app.logger.debug('%s drove %s km', trip.plate, trip.km)


@app.shell_context_processor
def make_shell_context():
    return {'Driver': Driver, 'Van': Van, 'Trip': Trip}
