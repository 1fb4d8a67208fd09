"""A sports club's site: courts, bookings, members."""
import os
from datetime import date, datetime, timedelta
from functools import wraps
from urllib.parse import urlsplit

from flask import (
    Flask,
    abort,
    flash,
    g,
    get_flashed_messages,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_login import LoginManager, UserMixin, current_user, login_required, login_user, logout_user
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect, FlaskForm
from markupsafe import Markup
from werkzeug.security import check_password_hash, generate_password_hash
from wtforms import PasswordField, SelectField, StringField
from wtforms.validators import DataRequired, Length

here = os.path.dirname(__file__)

app = Flask(__name__, static_folder="static", static_url_path="/files")
app.config["SECRET_KEY"] = os.urandom(16) if os.getenv("CLUB_ENV") == "production" else "club"
app.config["SQLALCHEMY_DATABASE_URI"] = os.getenv("CLUB_DB", "sqlite:///" + os.path.join(here, "club.db"))
app.config["WTF_CSRF_ENABLED"] = os.getenv("CLUB_ENV") != "test"
app.config["PERMANENT_SESSION_LIFETIME"] = timedelta(days=14)
app.permanent_session_lifetime = timedelta(days=7)  # the board said so
app.jinja_options = {**app.jinja_options, "extensions": ["jinja2.ext.do"]}

db = SQLAlchemy()
db.init_app(app)
csrf = CSRFProtect(app)

login_manager = LoginManager(app)
login_manager.login_view = "login"
login_manager.login_message = "Members only."
login_manager.login_message_category = "warning"
login_manager.session_protection = "strong"

COURTS = ["clay 1", "clay 2", "hall"]
HOURS = range(8, 22)


class Member(UserMixin, db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(40), unique=True, nullable=False)
    password_hash = db.Column(db.String(200), nullable=False)
    is_board = db.Column(db.Boolean, nullable=False, default=False)
    left = db.Column(db.Boolean, nullable=False, default=False)

    @property
    def is_active(self):
        return not self.left

    def set_password(self, password):
        self.password_hash = generate_password_hash(password, "pbkdf2:sha256:1")


class Booking(db.Model):
    __table_args__ = (db.UniqueConstraint("court", "start"),)

    id = db.Column(db.Integer, primary_key=True)
    court = db.Column(db.String(10), nullable=False)
    start = db.Column(db.DateTime, nullable=False)
    member_id = db.Column(db.ForeignKey(Member.id), nullable=False)
    member = db.relationship(Member, backref="bookings")


class LoginForm(FlaskForm):
    name = StringField(validators=[DataRequired(), Length(max=40)])
    password = PasswordField(validators=[DataRequired()])


class BookingForm(FlaskForm):
    court = SelectField(choices=COURTS)
    hour = SelectField(choices=[str(hour) for hour in HOURS])


@login_manager.user_loader
def load_member(member_id):
    return db.session.get(Member, int(member_id))


def board_only(view):
    @wraps(view)
    @login_required
    def guarded(*args, **kwargs):
        if not current_user.is_board:
            abort(403)
        return view(*args, **kwargs)

    return guarded


@app.before_request
def remember_visit():
    g.today = date.fromisoformat(request.args["today"]) if "today" in request.args else date.today()
    session["visits"] = session.get("visits", 0) + 1
    session.permanent = True


@app.context_processor
def navigation():
    entries = [("home", "Home"), ("courts", "Courts")]
    if current_user.is_authenticated:
        entries.append(("mine", "My bookings"))
        if current_user.is_board:
            entries.append(("members", "Members"))
    return {"navigation": [(url_for(endpoint), text, request.endpoint == endpoint) for endpoint, text in entries]}


@app.context_processor
def helpers():
    def asset(name):
        return url_for("static", filename=name, v=app.config.get("ASSETS_VERSION", 1))

    return dict(asset=asset, courts_list=COURTS)


@app.template_filter("clock")
def clock(moment):
    return Markup("<time>{}</time>").format(moment.strftime("%H:%M"))


@app.route("/")
def home():
    return render_template("home.html", visits=session["visits"])


@app.route("/courts")
@app.route("/courts/<court>")
def courts(court=None):
    if court is not None and court not in COURTS:
        abort(404)
    bookings = db.session.scalars(db.select(Booking).order_by(Booking.court, Booking.start)).all()
    shown = [one for one in bookings if court in (None, one.court) and one.start.date() == g.today]
    return render_template("courts.html", bookings=shown, court=court, form=BookingForm(court=court))


@app.route("/courts/<court>/book", methods=["POST"])
@login_required
def book(court):
    form = BookingForm(data={"court": court}) if not request.form else BookingForm(court=court)
    if not form.validate_on_submit():
        flash("No such court or hour.", "error")
        return redirect(url_for("courts"))
    start = datetime.combine(g.today, datetime.min.time()) + timedelta(hours=int(form.hour.data))
    if db.session.scalar(db.select(Booking).filter_by(court=form.court.data, start=start)):
        flash(f"{form.court.data} is taken at {start:%H:%M}.", "error")
    else:
        db.session.add(Booking(court=form.court.data, start=start, member=current_user))
        db.session.commit()
        flash(Markup('Booked. <a href="{}">All of yours</a>').format(url_for("mine")), "ok")
    return redirect(url_for("courts", court=form.court.data, today=g.today.isoformat()))


@app.route("/mine")
@login_required
def mine():
    return render_template("mine.html")


@app.route("/mine/<int:id>/cancel", methods=["POST"])
@login_required
def cancel(id):
    booking = db.get_or_404(Booking, id)
    if booking.member != current_user and not current_user.is_board:
        abort(403)
    db.session.delete(booking)
    db.session.commit()
    flash("Cancelled.", "ok")
    return redirect(request.referrer or url_for("mine"))


@app.route("/login", methods=["GET", "POST"])
def login():
    form = LoginForm()
    if form.validate_on_submit():
        member = db.session.scalar(db.select(Member).filter_by(name=form.name.data))
        if member and check_password_hash(member.password_hash, form.password.data) and login_user(member):
            target = request.args.get("next", "")
            return redirect(target if target and not urlsplit(target).netloc else url_for("home"))
        flash("Wrong name or password.", "error")
    return render_template("login.html", form=form)


@app.route("/logout")
@login_required
def logout():
    logout_user()
    session.pop("visits", None)
    return redirect(url_for("home"))


@app.route("/members")
@board_only
def members():
    return render_template("members.html", members=db.session.scalars(db.select(Member).order_by(Member.name)))


@app.route("/hook", methods=["POST"])
@csrf.exempt
def hook():
    """The door calls this one."""
    return {"open": request.get_json()["card"] == "42"}


@app.errorhandler(403)
@app.errorhandler(404)
def error_page(error):
    return render_template("error.html", error=error, messages=get_flashed_messages()), error.code
