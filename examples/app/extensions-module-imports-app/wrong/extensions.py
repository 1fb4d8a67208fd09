from flask_sqlalchemy import SQLAlchemy
from main import app  # keck: app/extensions-module-imports-app

db = SQLAlchemy(app)
