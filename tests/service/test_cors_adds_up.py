"""What docs/service.md says about CORS on blueprints, with the examples of that page themselves."""

from __future__ import annotations

import re
import runpy
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient
from flask_cors import CORS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "service.md"
STAFF = "https://staff.example"
WEBSITE = "https://www.example"
STRANGER = "https://evil.example"
EVERYBODY = (STAFF, WEBSITE, STRANGER)

Example = Callable[[str], FlaskClient]


@pytest.fixture
def example(tmp_path: Path) -> Example:
    """Make the app of an example of the page, by its name, and return a client of it."""

    def make(name: str) -> FlaskClient:
        found = re.search(
            rf"<!-- example: {name} -->\n```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL
        )
        assert found is not None
        path = tmp_path / f"{name}.py"
        path.write_text(found[1], encoding="utf-8")
        app = runpy.run_path(str(path))["create_app"]()
        assert isinstance(app, Flask)
        return app.test_client()

    return make


def allowed(client: FlaskClient, path: str, method: str = "GET") -> list[str]:
    """Return the origins whose pages may read the answer."""
    answers = {origin: client.open(path, method=method, headers={"Origin": origin}) for origin in EVERYBODY}
    return [origin for origin, answer in answers.items() if answer.headers.get("Access-Control-Allow-Origin") == origin]


def test_blueprint_policy_lets_in_its_own(example: Example) -> None:
    """The policy of a blueprint allows its list on the blueprint's views."""
    assert allowed(example("blueprint"), "/orders/open") == [STAFF]


def test_blueprint_policy_covers_no_errors_of_the_app(example: Example) -> None:
    """What is not found under the prefix, or asked with another method, has no headers."""
    client = example("blueprint")
    assert (client.get("/orders/nothing").status_code, client.post("/orders/open").status_code) == (404, 405)
    assert allowed(client, "/orders/nothing") == allowed(client, "/orders/open", "POST") == []


def test_blueprint_policy_reads_no_config() -> None:
    """Without origins of its own, the policy of a blueprint lets everybody in, whatever CORS_ORIGINS is."""
    app, orders = Flask(__name__), Blueprint("orders", __name__, url_prefix="/orders")
    app.config["CORS_ORIGINS"] = [STAFF]
    CORS(orders)
    orders.get("/open")(dict)
    app.register_blueprint(orders)
    assert allowed(app.test_client(), "/orders/open") == [*EVERYBODY]


def test_blueprint_policy_comes_before_registering() -> None:
    """Flask refuses a policy for a blueprint that is registered."""
    app, orders = Flask(__name__), Blueprint("orders", __name__)
    app.register_blueprint(orders)
    with pytest.raises(AssertionError):
        CORS(orders, origins=[STAFF])


@pytest.mark.parametrize(("resource", "expected"), [(r"/open", []), (r"/orders/open", [STAFF])])
def test_blueprint_resources_are_whole_paths(resource: str, expected: list[str]) -> None:
    """The resources of a blueprint's policy are matched against the path with the prefix."""
    app, orders = Flask(__name__), Blueprint("orders", __name__, url_prefix="/orders")
    CORS(orders, origins=[STAFF], resources=resource)
    orders.get("/open")(dict)
    app.register_blueprint(orders)
    assert allowed(app.test_client(), "/orders/open") == expected


def test_policies_add_up(example: Example) -> None:
    """Under a policy of the app, the blueprint's list keeps nobody out whom the app's lets in."""
    client = example("both")
    assert allowed(client, "/orders/open") == [STAFF, WEBSITE]
    assert allowed(client, "/elsewhere") == allowed(client, "/orders/nothing") == [WEBSITE]


@pytest.mark.parametrize("path", ["/orders", "/orders/", "/orders/open", "/orders/nothing"])
def test_resources_divide_the_paths(example: Example, path: str) -> None:
    """One policy by resource allows each list on its own paths, errors included."""
    client = example("resources")
    assert allowed(client, path) == [STAFF]
    assert allowed(client, "/orders-archive") == allowed(client, "/") == [WEBSITE]


@pytest.mark.parametrize(
    ("resource", "matched"),
    [
        ("/orders/*", ["/orders", "/orders/", "/orders/open", "/orders-archive"]),
        ("/orders", ["/orders"]),
        (r"^/orders(/.*)?$", ["/orders", "/orders/", "/orders/open"]),
    ],
)
def test_resources_are_expressions_or_one_path(resource: str, matched: list[str]) -> None:
    """A key with a sign of a regular expression is one, matched from the beginning; any other is one path."""
    app = Flask(__name__)
    CORS(app, resources={resource: {"origins": [STAFF]}})
    client = app.test_client()
    paths = ("/orders", "/orders/", "/orders/open", "/orders-archive")
    assert [path for path in paths if allowed(client, path) == [STAFF]] == matched
