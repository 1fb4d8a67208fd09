from flask import jsonify, make_response, request
from flask.views import MethodView, View
from flask_jwt_extended import current_user, jwt_required
from flask_restful import Resource, reqparse

from app import app, api, cache, db
from auth import role
from models import Driver, Trip, Van
from tasks import write_to_workshop

parser = reqparse.RequestParser()
parser.add_argument('km', type=int, required=True, help='how far?')


class VanList(Resource):
    method_decorators = {'post': [role('boss')]}

    def get(self):
        return [van.as_dict() for van in Van.query.order_by(Van.plate)]

    def post(self):
        van = Van(plate=request.get_json()['plate'], km=0)
        db.session.add(van)
        db.session.commit()
        cache.delete_memoized(total)
        return van.as_dict(), 201


class VanItem(Resource):
    def get(self, plate):
        return db.get_or_404(Van, plate).as_dict()

    @role('boss')
    def delete(self, plate):
        db.session.delete(db.get_or_404(Van, plate))
        db.session.commit()
        return '', 204


class Trips(Resource):
    decorators = [jwt_required()]

    def post(self, plate):
        van = db.get_or_404(Van, plate)
        was_due = van.due
        trip = Trip(van=van, driver=current_user, km=parser.parse_args()['km'])
        db.session.add(trip)
        db.session.commit()
        if van.due and not was_due:
            write_to_workshop(van)
        return {'trip': trip.id, 'km': van.km}, 201


api.add_resource(VanList, '/vans')
api.add_resource(VanItem, '/vans/<plate>', endpoint='van')
api.add_resource(Trips, '/vans/<plate>/trips')


class ServiceView(MethodView):
    init_every_request = False

    def __init__(self, kilometres):
        self.kilometres = kilometres

    @jwt_required()
    def post(self, plate):
        van = db.get_or_404(Van, plate)
        van.serviced_at = van.km
        db.session.commit()
        return {'next': van.km + self.kilometres}


class CsvView(View):
    methods = ['GET']
    decorators = [cache.cached(timeout=5)]

    def dispatch_request(self):
        lines = ['%s,%s' % (van.plate, van.km) for van in Van.query.order_by(Van.plate)]
        response = make_response('\n'.join(lines))
        response.mimetype = 'text/csv'
        return response


@cache.memoize()
def total():
    return db.session.scalar(db.select(db.func.sum(Van.km))) or 0


app.add_url_rule('/service/<plate>', view_func=ServiceView.as_view('service', app.config['SERVICE_EVERY']))

if app.config['WITH_REPORTS']:
    app.add_url_rule('/report.csv', view_func=CsvView.as_view('report'))

    @app.route('/total')
    def total_km():
        return jsonify(total=total())

if app.config['WITH_DEMO']:
    @app.route('/demo')
    def demo():
        return 'this is a demo'


@app.route('/me')
@jwt_required()
def me():
    return jsonify(email=current_user.email, trips=current_user.trips.count())


@app.errorhandler(404)
def not_found(e):
    return jsonify(error='not found: %s' % request.path), 404


@app.teardown_appcontext
def shutdown_session(exception=None):
    db.session.remove()


@app.cli.command('add-boss')
def add_boss():
    db.create_all()
    db.session.add(Driver('boss@example.com', 'boss', role='boss'))
    db.session.commit()
