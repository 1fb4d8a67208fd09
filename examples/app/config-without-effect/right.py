from flask import Flask
from flask_caching import Cache
from flask_mail import Mail

cache = Cache()
mail = Mail()


def create_app():
    app = Flask(__name__)
    app.config["CACHE_TYPE"] = "SimpleCache"
    app.config["MAIL_SERVER"] = "smtp.example.com"
    app.config["MAIL_DEFAULT_SENDER"] = "shop@example.com"
    cache.init_app(app)
    mail.init_app(app)
    return app
