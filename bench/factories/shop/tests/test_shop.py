import os
import unittest

os.environ['DATABASE_URL'] = 'sqlite://'

from shop import app, db
from shop.models import Customer, Product


class ShopTest(unittest.TestCase):
    def setUp(self):
        app.config['TESTING'] = True
        self.context = app.app_context()
        self.context.push()
        db.create_all()
        for email, staff in [('ann@example.com', True), ('bob@example.com', False)]:
            customer = Customer(email=email, is_staff=staff)
            customer.set_password('secret')
            db.session.add(customer)
        for number in range(5):
            db.session.add(Product(name=f'Thing {number}', price=100 + number, stock=number))
        db.session.commit()
        self.client = app.test_client()

    def tearDown(self):
        db.session.remove()
        db.drop_all()
        self.context.pop()

    def login(self, email='bob@example.com', password='secret'):
        answer = self.client.post('/api/login', json={'email': email, 'password': password})
        self.assertEqual(answer.status_code, 200)
        return {'Authorization': 'Bearer ' + answer.json['token']}

    def test_index(self):
        page = self.client.get('/').get_data(as_text=True)
        self.assertIn('Corner Shop', page)
        self.assertIn('Thing 4: 1.04', page)
        self.assertIn('/static/shop.css', page)
        with self.client.get('/static/shop.css') as sheet:
            self.assertEqual(sheet.status_code, 200)

    def test_pages(self):
        first = self.client.get('/api/products').json
        self.assertEqual(len(first['items']), 3)
        self.assertEqual(first['next'], '/api/products?page=2')
        self.assertIsNone(self.client.get(first['next']).json['next'])

    def test_login_is_checked(self):
        answer = self.client.post('/api/login', json={'email': 'bob@example.com', 'password': 'x'})
        self.assertEqual(answer.status_code, 401)

    def test_basket_needs_a_token(self):
        answer = self.client.get('/api/basket')
        self.assertEqual(answer.status_code, 401)
        self.assertEqual(answer.json, {'message': 'Missing Authorization Header'})

    def test_basket(self):
        headers = self.login()
        self.assertEqual(self.client.put('/api/basket/1', headers=headers).status_code, 409)
        self.assertEqual(self.client.put('/api/basket/3', headers=headers).json['total'], 102)
        self.assertEqual(self.client.get('/api/basket', headers=headers).json['items'][0]['name'], 'Thing 2')
        self.assertEqual(self.client.delete('/api/basket/3', headers=headers).json['total'], 0)
        self.assertEqual(self.client.put('/api/basket/99', headers=headers).json, {'message': 'Not Found'})

    def test_only_staff_adds_products(self):
        product = {'name': 'New', 'price': 5}
        self.assertEqual(self.client.post('/api/products', json=product, headers=self.login()).status_code, 403)
        answer = self.client.post('/api/products', json=product, headers=self.login('ann@example.com'))
        self.assertEqual(answer.status_code, 201)

    def test_logout_revokes(self):
        headers = self.login()
        self.assertEqual(self.client.post('/api/logout', headers=headers).status_code, 204)
        self.assertEqual(self.client.get('/api/basket', headers=headers).status_code, 401)

    def test_cors(self):
        answer = self.client.get('/api/products', headers={'Origin': 'https://shop.example'})
        self.assertEqual(answer.headers['Access-Control-Allow-Origin'], 'https://shop.example')
        self.assertEqual(answer.headers['Access-Control-Allow-Credentials'], 'true')
        self.assertNotIn(
            'Access-Control-Allow-Origin',
            self.client.get('/api/products', headers={'Origin': 'https://evil.example'}).headers,
        )

    def test_shell(self):
        self.assertIs(app.make_shell_context()['Product'], Product)


if __name__ == '__main__':
    unittest.main()
