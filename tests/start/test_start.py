from __future__ import annotations

import logging
from pathlib import Path

import pytest
from flask import Flask

import keck
from keck import examining, start
from keck.examining import Examination, Fault
from keck.finding import Finding, Level, Place
from keck.live.record import LiveApp
from keck.settings import Settings
from keck.start import Keck, Unsafe
from keck.trouble import Trouble


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Settings]:
    """The settings of each examination, which finds a warning and an error; a server seems to load the app."""
    seen: list[Settings] = []

    def examine(app: Flask, *, settings: Settings) -> Examination:
        seen.append(settings)
        faults = [
            Fault(Finding(f"cors/{level.name}", level, Place("shop.py", 3), f"a {level.name}", "mend it"))
            for level in (Level.error, Level.warning)
        ]
        return Examination(LiveApp(name=app.name), str(tmp_path), faults=tuple(faults))

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(examining, "examine", examine)
    monkeypatch.setattr(start, "serving", lambda: True)
    monkeypatch.setattr(start, "hindered", lambda: False)
    return seen


def app_with(**config: object) -> Flask:
    """Return an app with this config."""
    app = Flask("shop")
    app.config.update(config)
    return app


def test_exported() -> None:
    """The class, the function and what it returns are to be had from the package."""
    assert keck.Keck is Keck
    assert keck.examine is examining.examine
    assert keck.Examination is Examination


@pytest.mark.usefixtures("asked")
def test_error_by_default() -> None:
    """An error keeps the app from starting; a warning besides is not told."""
    with pytest.raises(Unsafe) as caught:
        Keck(app_with())
    text = str(caught.value)
    assert text.splitlines() == [
        "Keck finds 1 fault in how this app is wired:",
        "  shop.py:3: error: a error [cors/error]",
        "    mend it",
        (
            'The app was not started. To start it all the same: app.config["KECK_AT_START"] = "warn", or '
            'app.config["KECK_SKIP"] = "cors/error"; both are read from the environment, too.'
        ),
    ]


@pytest.mark.usefixtures("asked")
def test_level() -> None:
    """The level can be lowered."""
    with pytest.raises(Unsafe, match=r'app.config\["KECK_SKIP"\] = "cors/error, cors/warning"'):
        Keck(app_with(KECK_LEVEL="warning"))


def test_the_environment_is_read_where_the_config_says_nothing(
    asked: list[Settings], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Each key may be a variable; the config wins, and an empty variable says nothing."""
    for key, value in {"AT_START": "warn", "LEVEL": "warning", "ONLY": "cors/", "SKIP": "limiter/, mail/"}.items():
        monkeypatch.setenv(f"KECK_{key}", value)
    Keck(app_with())
    assert "a warning [cors/warning]" in caplog.text
    assert (asked[0].select, asked[0].ignore[-2:]) == (("cors/",), ("limiter/", "mail/"))
    with pytest.raises(Unsafe):
        Keck(app_with(KECK_AT_START="refuse"))
    monkeypatch.setenv("KECK_AT_START", "")
    with pytest.raises(Unsafe):
        Keck(app_with())


@pytest.mark.usefixtures("asked")
def test_warning_goes_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """Where it is to warn, the app's log has the text."""
    with caplog.at_level(logging.WARNING):
        Keck(app_with(KECK_AT_START="warn"))
    assert "a error [cors/error]" in caplog.text


def test_rules_can_be_chosen(asked: list[Settings], tmp_path: Path) -> None:
    """The config's rules come on top of those of the project; as a list, or as a text with commas."""
    (tmp_path / "keck.toml").write_text('select = ["app/"]\nignore = ["jwt/"]\n', encoding="utf-8")
    Keck(app_with(KECK_AT_START="warn"))
    Keck(app_with(KECK_AT_START="warn", KECK_ONLY=["cors/"], KECK_SKIP="limiter/, mail/"))
    assert [(one.select, one.ignore) for one in asked] == [
        (("app/",), ("jwt/",)),
        (("cors/",), ("jwt/", "limiter/", "mail/")),
    ]


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("KECK_AT_START", "refused", "KECK_AT_START must be one of refuse, warn, off, not 'refused'"),
        ("KECK_AT_START", True, "KECK_AT_START must be one of refuse, warn, off, not True"),
        ("KECK_AT_START", ["off"], "KECK_AT_START must be one of"),
        ("KECK_LEVEL", "high", "KECK_LEVEL must be one of note, warning, error, not 'high'"),
        ("KECK_ONLY", "corse/", "KECK_ONLY: unknown rule `corse/`; did you mean `cors/`?"),
        ("KECK_SKIP", 3, 'KECK_SKIP must be a list of rules, such as ["cors/", "jwt/"], not 3'),
        ("KECK_SKIP", [3], "KECK_SKIP must be a list of rules"),
    ],
)
def test_settings_that_are_none(key: str, value: object, message: str) -> None:
    """A setting that cannot be meant is told in one sentence."""
    with pytest.raises(Trouble) as caught:
        Keck(app_with(**{key: value}))
    assert str(caught.value).startswith(message)


@pytest.mark.usefixtures("asked")
def test_fault_of_ours_keeps_nothing_from_starting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the examination itself fails, the app starts, with a warning."""

    def fail(app: Flask, *, settings: Settings) -> Examination:
        _ = app, settings
        raise KeyError("spot")

    monkeypatch.setattr(examining, "examine", fail)
    with pytest.warns(RuntimeWarning, match=r"Keck could not examine the app \(KeyError: 'spot'\)"):
        Keck(app_with())


@pytest.mark.usefixtures("asked")
def test_trouble_of_the_examination(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the user can mend is told as it is."""

    def refuse(app: Flask, *, settings: Settings) -> Examination:
        _ = app, settings
        raise Trouble("Flask 1.0 is too old")

    monkeypatch.setattr(examining, "examine", refuse)
    with pytest.raises(Trouble, match=r"Flask 1\.0 is too old"):
        Keck(app_with())


PER_REQUEST = (
    "before_request_funcs",
    "after_request_funcs",
    "teardown_request_funcs",
    "teardown_appcontext_funcs",
    "url_value_preprocessors",
    "error_handler_spec",
    "template_context_processors",
    "view_functions",
)


@pytest.mark.parametrize("serves", [True, False])
@pytest.mark.parametrize("way", ["warn", "off"])
@pytest.mark.usefixtures("asked")
def test_costs_nothing_a_request(monkeypatch: pytest.MonkeyPatch, serves: bool, way: str) -> None:
    """No hook, no handler, no middleware and no attribute that a request passes is there that was not before."""
    monkeypatch.setattr(start, "serving", lambda: serves)
    app = app_with(KECK_AT_START=way)
    assert app.logger  # it is made when first asked for
    before = {name: repr(vars(app)[name]) for name in PER_REQUEST}
    names = set(vars(app))
    Keck().init_app(app)
    assert {name: repr(vars(app)[name]) for name in PER_REQUEST} == before
    assert set(vars(app)) - names == ({"run"} if not serves and way != "off" else set())
    assert app.wsgi_app == Flask.wsgi_app.__get__(app)


@pytest.mark.parametrize("hindered", [True, False])
def test_run(monkeypatch: pytest.MonkeyPatch, asked: list[Settings], hindered: bool) -> None:
    """Without a server, `app.run()` examines once, unless a suite or a command calls it, and is itself afterwards."""
    monkeypatch.setattr(start, "serving", lambda: False)
    ran: list[dict[str, object]] = []
    monkeypatch.setattr(Flask, "run", lambda _, **options: ran.append(options))
    app = app_with(KECK_AT_START="warn")
    Keck(app)
    assert not asked
    monkeypatch.setattr(start, "hindered", lambda: hindered)
    app.run(port=1)
    app.run(port=2)
    assert ran == [{"port": 1}, {"port": 2}]
    assert len(asked) == (0 if hindered else 1)
    assert "run" not in vars(app)
