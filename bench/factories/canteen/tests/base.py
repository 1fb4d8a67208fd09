import os
from unittest import TestCase

os.environ["DATABASE_URL"] = "sqlite:///:memory:"
os.environ["CANTEEN_TODAY"] = "2024-05-14"

from app import app, db, limiter  # noqa: E402

WEEK = [
    {"name": "Lentils", "day": "2024-05-14", "price": 450, "vegan": True},
    {"name": "Fish", "day": "2024-05-15", "price": 690},
    {"name": "Leftovers", "day": "2024-05-13", "price": 200},
]


class CanteenTest(TestCase):
    def setUp(self):
        app.config["TESTING"] = True
        with app.app_context():
            db.create_all()
        limiter.reset()
        self.client = app.test_client()
        self.cook = self.log_in("cook")
        self.assertEqual(self.client.put("/admin/dishes", json=WEEK, headers=self.cook).status_code, 204)

    def tearDown(self):
        with app.app_context():
            db.drop_all()

    def log_in(self, person):
        answer = self.client.post("/v1/token", json={"person": person, "pin": "0000"})
        return {"Authorization": f"Bearer {answer.json['token']}"}
