"""Which run takes a branch."""

from __future__ import annotations

import pytest

from keck.project.modes import mode_of
from tests.support import project


def told(head: str) -> str:
    """Return the mode of the last branch of a text."""
    (module,) = project(f"{head}:\n    pass\n").modules
    return mode_of(module.facts.blocks[-1])


@pytest.mark.parametrize(
    ("head", "mode"),
    [
        ("if testing", "test"),
        ("if app.testing", "test"),
        ('if app.config["TESTING"]', "test"),
        ('if app.config.get("TESTING")', "test"),
        ('if name == "testing"', "test"),
        ('if "pytest" in sys.modules', "test"),
        ("if is_testing()", "test"),
        ("if app.debug and app.testing", "test"),
        ("if not (not testing or x)", "test"),
        ("if not testing: pass\nelse", "test"),
        ("if app.debug", "development"),
        ('if app.config["DEBUG"]', "development"),
        ('if os.environ.get("FLASK_DEBUG")', "development"),
        ('if os.environ.get("FLASK_DEBUG") == "1"', "development"),
        ('if os.environ.get("FLASK_DEBUG") != "0"', "development"),
        ("if DEBUG is True", "development"),
        ("if PRODUCTION is False", "development"),
        ('if int(os.getenv("DEBUG"))', "development"),
        ('if os.environ.get("CI")', "development"),
        ('if name == "development"', "development"),
        ('if name != "production"', "development"),
        ('if name in ("dev", "test")', "development"),
        ('if name not in ["production"]', "development"),
        ("if app.debug or app.testing", "development"),
        ("if flag and app.debug", "development"),
        ("if mode().debug", "development"),
        ("if not is_production()", "development"),
        ('if name == "production": pass\nelse', "development"),
        ('if settings().get("X").debug()', "development"),
        ("if flag", ""),
        ("if not app.debug", ""),
        ("if app.debug: pass\nelse", ""),
        ("if app.debug or flag", ""),
        ("if not (app.debug and flag)", ""),
        ("if production", ""),
        ('if name == "production"', ""),
        ('if name in ("dev", "production")', ""),
        ('if name in ("dev", other)', ""),
        ('if name != "development"', ""),
        ("if DEBUG is False", ""),
        ("if name == other", ""),
        ("if DEBUG > 1", ""),
        ("if 1 == DEBUG == 1", ""),
        ("if test_config is None", ""),
        ("if [app.debug]", ""),
        ("if unseen()()", ""),
        ("if app.config[key]", ""),
        ("while app.debug", ""),
        ("try: pass\nexcept", ""),
    ],
)
def test_mode_of(head: str, mode: str) -> None:
    """A branch is for tests or development only where its condition leaves no other run."""
    assert told(head) == mode
