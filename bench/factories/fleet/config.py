import os
from datetime import timedelta

SECRET_KEY = os.getenv('FLEET_SECRET', 'fleet-development-secret')
SQLALCHEMY_DATABASE_URI = os.getenv('FLEET_DB', 'sqlite:///fleet.db')
JWT_SECRET_KEY = os.getenv('FLEET_JWT_SECRET', 'fleet-development-token-secret-0')
JWT_ACCESS_TOKEN_EXPIRES = timedelta(hours=1)
JWT_ERROR_MESSAGE_KEY = 'error'
CACHE_TYPE = 'SimpleCache'
MAIL_SERVER = os.getenv('MAIL_SERVER', 'localhost')
MAIL_SUPPRESS_SEND = 'MAIL_SERVER' not in os.environ
MAIL_DEFAULT_SENDER = 'fleet@example.com'
WORKSHOP = 'workshop@example.com'
WITH_REPORTS = True
WITH_DEMO = bool(os.getenv('FLEET_DEMO'))
SERVICE_EVERY = 15000
