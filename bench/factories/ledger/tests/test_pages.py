import os
import unittest

os.environ["LEDGER_URL"] = "sqlite:///:memory:"

from ledger.app import app, db
from ledger.app import Account

TREASURER = {"Authorization": "Bearer treasurer-token"}
AUDITOR = {"Authorization": "Bearer auditor-token"}


class PageCase(unittest.TestCase):
    def setUp(self):
        with app.app_context():
            db.create_all()
            db.session.add(Account(name="cash", opened=500))
            db.session.commit()
        self.client = app.test_client()

    def tearDown(self):
        with app.app_context():
            db.drop_all()

    def test_version(self):
        self.assertEqual(self.client.get("/version").json, {"version": "1.3"})

    def test_balances(self):
        self.assertEqual(self.client.get("/balances").json, {"error": "log in"})
        self.assertEqual(self.client.get("/balances", headers=AUDITOR).json, {"cash": "5.00 EUR"})
        self.assertEqual(self.client.get("/balances?currency=USD", headers=AUDITOR).json, {"cash": "5.00 USD"})

    def test_entries(self):
        entry = {"account": "cash", "cents": -100, "purpose": "Stamps"}
        refused = self.client.post("/entries", json=entry, headers=AUDITOR)
        self.assertEqual((refused.status_code, refused.json), (403, {"error": "treasurers only"}))
        self.assertEqual(self.client.post("/entries", json=entry, headers=TREASURER).json, [entry])
        self.assertEqual(self.client.get("/balances", headers=AUDITOR).json, {"cash": "4.00 EUR"})
