"""Measures what the doctor adds to the start of an app: with 50 and with 500 routes.

    python bench/doctor.py [--routes 50 500] [--rounds 5]

Each round starts a process that makes an app (all seven extensions, SQLite, limits and a cache in memory, guards, MethodViews,
two blueprints) and times, one after the other: the app's own imports and `create_app()`, `flask routes` and Flask-Limiter's own
`flask limiter limits` on it, reading it and asking the rules, the same with its database and migrations, and the same with the
probe. Medians; ratios are to the app's own start.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

APP = """
from flask import Blueprint, Flask
from flask.views import MethodView
from flask_caching import Cache
from flask_cors import CORS
from flask_jwt_extended import JWTManager, get_jwt_identity, jwt_required
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_mail import Mail
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy

db, migrate, jwt, cors, cache, mail = SQLAlchemy(), Migrate(), JWTManager(), CORS(), Cache(), Mail()
limiter = Limiter(get_remote_address, application_limits=["600 per minute"], storage_uri="memory://")
public, private = Blueprint("public", __name__, url_prefix="/public"), Blueprint("private", __name__, url_prefix="/private")


def views(number):
    @public.get(f"/{number}", endpoint=f"show{number}")
    @cache.cached(timeout=60)
    def show():
        return {"number": number}

    @private.post(f"/{number}", endpoint=f"change{number}")
    @limiter.limit("10 per minute", key_func=get_jwt_identity) if number % 2 else (lambda view: view)
    @jwt_required()
    def change():
        return {"by": get_jwt_identity()}

    class Thing(MethodView):
        decorators = [jwt_required(optional=True)]

        def get(self):
            return {}

        @limiter.limit("5 per minute")
        def put(self):
            return {}

    private.add_url_rule(f"/things/{number}", view_func=Thing.as_view(f"thing{number}"))


class Row(db.Model):
    id = db.Column(db.Integer, primary_key=True)


def create_app(routes):
    app = Flask(__name__)
    app.config.from_mapping(
        SQLALCHEMY_DATABASE_URI="sqlite:///bench.db", JWT_SECRET_KEY="k" * 48, CACHE_TYPE="SimpleCache",
        MAIL_SERVER="localhost", MAIL_SUPPRESS_SEND=True,
    )
    for extension in (db, jwt, cache, limiter, mail):
        extension.init_app(app)
    migrate.init_app(app, db)
    cors.init_app(app, origins=["https://shop.example"])
    for number in range(routes // 4):
        views(number)
    app.register_blueprint(public)
    app.register_blueprint(private)
    return app
"""

CHILD = """
import io, json, sys, time, warnings
from contextlib import redirect_stdout
warnings.simplefilter("ignore")
began = time.perf_counter()
from app import create_app
app = create_app(int(sys.argv[1]))
times = {"start": time.perf_counter() - began}
with app.app_context():
    import app as module
    module.db.create_all()
from keck.examining import judge
from keck.live.read import read
from keck.settings import Settings

def timed(name, run):
    began = time.perf_counter()
    with redirect_stdout(io.StringIO()):
        found = run()
    times[name] = time.perf_counter() - began
    return found

timed("doctor", lambda: judge(read(app), Settings()))
timed("backends", lambda: judge(read(app, backends=True), Settings()))
timed("probe", lambda: judge(read(app, probe=True), Settings()))
from flask.cli import routes_command
from flask_limiter.commands import cli

runner = app.test_cli_runner()
for name, command, arguments in (("routes", routes_command, []), ("limits", cli, ["limits"])):
    done = timed(name, lambda: runner.invoke(command, arguments))
    assert done.exit_code == 0, done.output
rules = sum(len(rule.methods - {"HEAD", "OPTIONS"}) for rule in app.url_map.iter_rules())
print(json.dumps({"rows": rules, **times}))
"""

SHOWN = {
    "start": "the app's own start",
    "routes": "`flask routes`",
    "limits": "`flask limiter limits`",
    "doctor": "doctor: read it, ask the rules",
    "backends": "doctor with the database",
    "probe": "doctor with the probe",
}


def measured(routes: int) -> dict[str, float]:
    """Return the seconds of one round, by what was done."""
    with tempfile.TemporaryDirectory() as scratch:
        Path(scratch, "app.py").write_text(APP, encoding="utf-8")
        command = (sys.executable, "-c", CHILD, str(routes))
        environment = {**os.environ, "PYTHONPATH": scratch, "FLASK_APP": "app"}
        done = subprocess.run(command, cwd=scratch, env=environment, capture_output=True, text=True, check=True)
        found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
        return found


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--routes", type=int, nargs="+", default=[50, 500])
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    for routes in args.routes:
        rounds = [measured(routes) for _ in range(args.rounds)]
        medians = {name: statistics.median(one[name] for one in rounds) for name in rounds[0]}
        print(f"\n{medians['rows']:.0f} routes (rule and method), median of {args.rounds}\n")
        print("| what | ms | of the app's own start |\n|---|---|---|")
        for name, shown in SHOWN.items():
            print(f"| {shown} | {1000 * medians[name]:.0f} | {medians[name] / medians['start']:.2f} |")


if __name__ == "__main__":
    main()
