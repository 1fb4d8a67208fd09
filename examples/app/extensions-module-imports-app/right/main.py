from extensions import db
from flask import Flask

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:///notes.db"

db.init_app(app)
import views  # noqa: E402, F401
