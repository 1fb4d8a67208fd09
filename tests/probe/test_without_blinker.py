"""The probe where Flask has no signals: before 2.3, without blinker."""

from __future__ import annotations

from importlib import import_module

import flask
import flask_mail
import pytest

from keck.probe import isolate
from keck.probe.airlock import Airlock


class Fake:
    """What stands for a signal there: whoever connects to it fails."""

    def connect(self, *_: object, **__: object) -> None:
        """Fail as Flask 2.2 does."""
        raise RuntimeError("Signalling support is unavailable because the blinker library is not installed.")


def test_errors_and_mail_are_not_listened_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """Signals that cannot be connected to are left alone, and the probe goes on."""
    monkeypatch.setattr(flask, "got_request_exception", Fake())
    monkeypatch.setattr(flask_mail, "email_dispatched", Fake())
    app = flask.Flask("shop")
    flask_mail.Mail(app)
    signal = import_module("keck.probe.ask")._signals()  # noqa: SLF001 - what each question connects to
    signal.connect(print, app)
    signal.disconnect(print, app)
    isolate.mail(app, Airlock())
    assert app.extensions["mail"].suppress
