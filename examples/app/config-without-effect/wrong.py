from flask import Flask
from flask_caching import Cache
from flask_mail import Mail

cache = Cache()
mail = Mail()


def create_app():
    app = Flask(__name__)
    cache.init_app(app)
    mail.init_app(app)
    app.config["CACHE_TYPE"] = "SimpleCache"  # keck: app/config-without-effect
    app.config["MAIL_SERVER"] = "smtp.example.com"  # keck: app/config-without-effect
    app.config["MAIL_DEFAULT_SENDER"] = "shop@example.com"  # keck: app/config-without-effect
    return app
