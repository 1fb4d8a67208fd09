from flask import Flask
from flask_caching import Cache
from flask_cors import CORS
from flask_jwt_extended import JWTManager
from flask_mail import Mail
from flask_migrate import Migrate
from flask_restful import Api
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
app.config.from_object('config')

db = SQLAlchemy(app)
migrate = Migrate(app, db)
jwt = JWTManager(app)
mail = Mail(app)
cache = Cache(app)
api = Api(app, prefix='/api', catch_all_404s=False)
CORS(app, resources={'/api/*': {'origins': ['https://fleet.example', 'https://m.fleet.example']}})

# order matters: models first, auth before routes
import models
import auth
import tasks
import routes

if __name__ == '__main__':
    app.run(debug=True)
