from unittest import mock

from tests.base import CanteenTest, app


class MenuTest(CanteenTest):
    def test_menu(self):
        page = self.client.get("/").text
        self.assertIn("<td>Tue</td><td>Lentils (vegan)</td><td>4.5</td>", page)
        self.assertIn("/assets/plate.svg", page)

    def test_dishes(self):
        self.assertEqual(len(self.client.get("/v1/dishes").json["dishes"]), 3)
        self.assertEqual(self.client.get("/v1/dishes?vegan").json["dishes"][0]["name"], "Lentils")
        self.assertEqual([d["id"] for d in self.client.get("/v1/dishes?day=2024-05-15").json["dishes"]], [2])


class OrderTest(CanteenTest):
    def test_order(self):
        ann = self.log_in("ann")
        self.assertEqual(self.client.post("/v1/dishes/1/orders", headers=ann).status_code, 201)
        self.assertEqual(self.client.get("/v1/orders", headers=ann).json["orders"], [{"id": 1, "dish": "Lentils"}])
        self.assertEqual(self.client.get("/v1/orders", headers=self.cook).json["orders"], [])

    def test_anonymous(self):
        self.assertEqual(self.client.post("/v1/dishes/1/orders").status_code, 401)

    def test_too_late(self):
        answer = self.client.post("/v1/dishes/3/orders", headers=self.cook)
        self.assertEqual((answer.status_code, answer.json), (409, {"error": "that was before today"}))

    def test_no_such_dish(self):
        self.assertEqual(self.client.post("/v1/dishes/8/orders", headers=self.cook).status_code, 404)

    def test_only_the_cook(self):
        answer = self.client.put("/admin/dishes", json=[], headers=self.log_in("bob"))
        self.assertEqual(answer.json, {"error": "only the cook may"})


class LimitTest(CanteenTest):
    def ask(self, pin, address="10.0.0.9"):
        sent = {"person": "eve", "pin": pin}
        return self.client.post("/v1/token", json=sent, headers={"X-Forwarded-For": address})

    def test_pins_cannot_be_guessed(self):
        self.assertEqual([self.ask("9").status_code for _ in range(4)], [401, 401, 401, 429])

    def test_limit_is_for_the_address_behind_the_proxy(self):
        for _ in range(4):
            self.ask("9")
        self.assertEqual(self.ask("0000", "10.0.0.8").status_code, 200)

    def test_headers(self):
        self.assertEqual(self.client.get("/v1/dishes").headers["X-RateLimit-Limit"], "100")


class CorsTest(CanteenTest):
    def allowed(self, path, origin):
        return self.client.get(path, headers={"Origin": origin}).headers.get("Access-Control-Allow-Origin")

    def test_api_is_open(self):
        self.assertEqual(self.allowed("/v1/dishes", "https://any.example"), "https://any.example")
        self.assertIsNone(self.allowed("/", "https://any.example"))

    def test_admin_is_not(self):
        self.assertIsNone(self.allowed("/admin/dishes", "https://any.example"))
        self.assertEqual(self.allowed("/admin/dishes", "https://admin.canteen.example"), "https://admin.canteen.example")


class CommandTest(CanteenTest):
    def test_sums(self):
        for dish in (1, 2):
            self.client.post(f"/v1/dishes/{dish}/orders", headers=self.cook)
        self.assertEqual(app.test_cli_runner().invoke(args=["sums"]).output, "cook: 11.40\n")


class ReminderTest(CanteenTest):
    def test_missing(self):
        import datetime

        from reminder import missing

        self.client.post("/v1/dishes/2/orders", headers=self.log_in("bob"))
        self.assertEqual(missing(datetime.date(2024, 5, 15)), ["ann", "cem"])

    def test_today_is_configured(self):
        with mock.patch.dict(app.config, TODAY="2024-05-16"):
            self.assertEqual(self.client.post("/v1/dishes/2/orders", headers=self.cook).status_code, 409)
