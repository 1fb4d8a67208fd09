import atexit
import logging
import logging.config
import os
import queue
import threading
from datetime import datetime, timedelta, timezone
from logging.handlers import RotatingFileHandler

from flask import Flask, Request, abort, has_request_context, request
from flask.json.tag import JSONTag, TaggedJSONSerializer
from flask.sessions import SecureCookieSessionInterface
from flask_caching import Cache
from flask_limiter import Limiter
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.engine import Engine
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter

import config
from sensors.json import SensorJSON

ENV = os.environ.get("SENSORS_ENV", "development")


class SensorRequest(Request):
    max_content_length = 100_000

    @property
    def device(self):
        return self.headers.get("X-Device", "unknown")


class SensorFlask(Flask):
    request_class = SensorRequest
    json_provider_class = SensorJSON


class SensorId(IntegerConverter):
    num_convert = int
    regex = r"\d{1,6}"


class TagTime(JSONTag):
    key = " seconds"

    def check(self, value):
        return isinstance(value, timedelta)

    def to_json(self, value):
        return value.total_seconds()

    def to_python(self, value):
        return timedelta(seconds=value)


class SensorSessions(SecureCookieSessionInterface):
    serializer = TaggedJSONSerializer()
    serializer.register(TagTime)


class Maintenance:
    """Answers before Flask does while we are at work on the machine."""

    def __init__(self, inner):
        self.inner = inner

    def __call__(self, environ, start_response):
        if app.config.get("MAINTENANCE"):
            start_response("503 Service Unavailable", [("Content-Type", "text/plain")])
            return [b"back soon"]
        return self.inner(environ, start_response)


class Station(logging.Filter):
    def filter(self, record):
        record.msg = f"{app.config.get('STATION', 'here')}: {record.msg}"
        return True


logging.config.dictConfig({
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"short": {"format": "%(asctime)s %(levelname)s %(message)s"}},
    "handlers": {"stream": {"class": "logging.StreamHandler", "formatter": "short"}},
    "loggers": {"sensors": {"handlers": ["stream"], "level": "INFO"}},
})
log = logging.getLogger("sensors")
log.addFilter(Station())

app = SensorFlask("sensors", instance_relative_config=True)
app.config.from_object(config.BY_NAME[ENV]())
app.config.from_pyfile("sensors.cfg", silent=True)
app.config.from_prefixed_env("SENSORS_SET")

app.logger.setLevel(app.config["LOG_LEVEL"])
if app.config.get("LOG_FILE"):
    handler = RotatingFileHandler(app.config["LOG_FILE"], maxBytes=1_000_000)
    handler.setLevel(logging.WARNING)
    app.logger.addHandler(handler)

if not app.debug and not app.testing:
    # behind nginx
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=app.config["PROXIES"], x_proto=1)
elif app.testing:
    app.config["PROPAGATE_EXCEPTIONS"] = False
app.wsgi_app = Maintenance(app.wsgi_app)
app.url_map.converters["sensor"] = SensorId
app.session_interface = SensorSessions()

db = SQLAlchemy(app)
cache = Cache()
cache.init_app(app)


def device_key():
    return request.device if has_request_context() else "nobody"


limiter = Limiter(device_key)
limiter.init_app(app)


@event.listens_for(Engine, "connect")
def set_pragma(connection, record):
    if "sqlite" in type(connection).__module__:
        connection.execute("PRAGMA foreign_keys=ON")


class Reading(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    sensor = db.Column(db.Integer, nullable=False, index=True)
    at = db.Column(db.DateTime, nullable=False)
    value = db.Column(db.Numeric(8, 2), nullable=False)


def utcnow():
    return datetime.now(timezone.utc).replace(tzinfo=None)


class Writer(threading.Thread):
    """Puts readings into the database, off the request."""

    def __init__(self, app):
        super().__init__(daemon=True, name="writer")
        self.app = app
        self.queue = queue.Queue()

    def run(self):
        while (item := self.queue.get()) is not None:
            with self.app.app_context():
                db.session.add(Reading(**item))
                db.session.commit()
            self.queue.task_done()

    def stop(self):
        self.queue.put(None)


writer = Writer(app)


def expire():
    """Forget what is too old; the writer's neighbour calls this every hour."""
    with app.app_context():
        gone = db.session.execute(db.delete(Reading).where(Reading.at < utcnow() - timedelta(days=app.config["KEEP_DAYS"])))
        db.session.commit()
        log.info("%s readings are gone", gone.rowcount)
        return gone.rowcount


@app.before_request
def start_writer():
    if writer.ident is None:
        writer.start()
        atexit.register(writer.stop)


@app.post("/readings/<sensor:number>")
def add(number):
    for value in request.get_json()["values"]:
        writer.queue.put({"sensor": number, "at": utcnow(), "value": value})
    return {"queued": True, "by": request.device}, 202


@app.get("/readings/<sensor:number>")
@cache.cached(query_string=True)
def readings(number):
    query = db.select(Reading).filter_by(sensor=number).order_by(Reading.id)
    found = db.session.scalars(query.limit(request.args.get("most", 100, type=int))).all()
    if not found:
        abort(404)
    return {"sensor": number, "readings": [{"value": one.value, "at": one.at} for one in found]}


@app.get("/limits")
@limiter.limit(lambda: app.config.get("STRICT", "2 per minute"))
def limits():
    return {"device": request.device}


@app.get("/where")
def where():
    return {"url": request.url_root, "client": request.remote_addr, "env": ENV}


@app.get("/broken")
def broken():
    raise RuntimeError("no such luck")


@app.errorhandler(RuntimeError)
def on_runtime_error(error):
    app.logger.error("broken: %s", error)
    return {"error": "internal"}, 500


app.register_error_handler(404, lambda error: ({"error": "nothing here"}, 404))
app.after_request(lambda response: (response.headers.update({"X-Env": ENV}), response)[1])
app.add_url_rule("/ping", "ping", view_func=lambda: "pong")

if ENV == "development":

    @app.get("/debug/threads")
    def threads():
        return {"threads": [one.name for one in threading.enumerate()]}


with app.app_context():
    db.create_all()


def main():
    app.run(port=int(os.environ.get("PORT", 5050)), use_reloader=False)


if __name__ == "__main__":
    main()
