import os
import unittest
from unittest import mock

os.environ['FLEET_DB'] = 'sqlite://'

from app import app, cache, db, mail
from models import Driver, Van


class FleetTestCase(unittest.TestCase):
    def setUp(self):
        app.config.update(TESTING=True)
        self.app_context = app.app_context()
        self.app_context.push()
        db.create_all()
        cache.clear()
        db.session.add_all([Driver('eve@example.com', 'pw'), Driver('boss@example.com', 'pw', 'boss'), Van(plate='B-1')])
        db.session.commit()
        self.app_context.pop()
        self.client = app.test_client()

    def tearDown(self):
        with app.app_context():
            db.session.remove()
            db.drop_all()

    def token(self, name):
        answer = self.client.post('/token', json={'email': name + '@example.com', 'password': 'pw'})
        return {'Authorization': 'Bearer ' + answer.json['token']}

    def test_token(self):
        answer = self.client.post('/token', json={'email': 'eve@example.com', 'password': 'x'})
        self.assertEqual(answer.status_code, 401)
        self.assertEqual(self.client.get('/me').json, {'error': 'Missing Authorization Header'})
        self.assertEqual(self.client.get('/me', headers=self.token('eve')).json, {'email': 'eve@example.com', 'trips': 0})

    def test_vans(self):
        self.assertEqual(self.client.get('/api/vans').json, [{'plate': 'B-1', 'km': 0, 'due': False}])
        self.assertEqual(self.client.post('/api/vans', json={'plate': 'B-2'}).status_code, 401)
        answer = self.client.post('/api/vans', json={'plate': 'B-2'}, headers=self.token('eve'))
        self.assertEqual((answer.status_code, answer.json), (403, {'error': 'not for a driver'}))
        answer = self.client.post('/api/vans', json={'plate': 'B-2'}, headers=self.token('boss'))
        self.assertEqual(answer.status_code, 201)
        self.assertEqual(self.client.get('/api/vans/B-2').json['plate'], 'B-2')
        self.assertEqual(self.client.delete('/api/vans/B-2', headers=self.token('boss')).status_code, 204)

    def test_trips(self):
        eve = self.token('eve')
        self.assertEqual(self.client.post('/api/vans/B-1/trips', json={'km': 1}).status_code, 401)
        self.assertEqual(self.client.post('/api/vans/B-1/trips', json={'km': 10}, headers=eve).json, {'trip': 1, 'km': 10})
        answer = self.client.post('/api/vans/B-1/trips', json={}, headers=eve)
        self.assertEqual(answer.json, {'message': {'km': 'how far?'}})
        self.assertEqual(self.client.get('/me', headers=eve).json['trips'], 1)

    def test_workshop_is_told_once(self):
        eve = self.token('eve')
        with app.app_context(), mail.record_messages() as outbox:
            for km in (14999, 1, 5):
                self.client.post('/api/vans/B-1/trips', json={'km': km}, headers=eve)
        self.assertEqual([message.recipients for message in outbox], [['workshop@example.com']])
        self.assertIn('http://localhost/api/vans/B-1', outbox[0].body)
        self.assertEqual(self.client.post('/service/B-1', headers=eve).json, {'next': 30005})
        self.assertFalse(self.client.get('/api/vans/B-1').json['due'])

    def test_remind(self):
        with app.app_context():
            db.session.get(Van, 'B-1').km = 20000
            db.session.commit()
        with mock.patch.dict(app.config):
            runner = app.test_cli_runner()
            self.assertEqual(runner.invoke(args=['remind']).output, 'B-1\n')
            self.assertEqual(runner.invoke(args=['remind', 'B-7']).output, '')

    def test_reports(self):
        answer = self.client.get('/report.csv')
        self.assertEqual((answer.text, answer.mimetype), ('B-1,0', 'text/csv'))
        self.client.post('/api/vans/B-1/trips', json={'km': 7}, headers=self.token('eve'))
        self.assertEqual(self.client.get('/report.csv').text, 'B-1,0')
        self.assertEqual(self.client.get('/total').json, {'total': 7})
        self.assertEqual(self.client.get('/demo').status_code, 404)

    def test_missing(self):
        self.assertEqual(self.client.get('/nope').json, {'error': 'not found: /nope'})
        self.assertEqual(self.client.post('/service/X', headers=self.token('eve')).status_code, 404)

    def test_cors(self):
        origin = {'Origin': 'https://m.fleet.example'}
        self.assertEqual(self.client.get('/api/vans', headers=origin).headers['Access-Control-Allow-Origin'], origin['Origin'])
        self.assertNotIn('Access-Control-Allow-Origin', self.client.get('/total', headers=origin).headers)

    def test_add_boss(self):
        with app.app_context():
            Driver.query.delete()
            db.session.commit()
        self.assertEqual(app.test_cli_runner().invoke(args=['add-boss']).exit_code, 0)
        with app.app_context():
            self.assertEqual(Driver.query.one().role, 'boss')


if __name__ == '__main__':
    unittest.main()
