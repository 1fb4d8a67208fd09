"""Mail that goes nowhere."""

from __future__ import annotations

from faults import Fault

CONFIG = "shop/config.py"

FAULTS = (
    Fault(
        "mail/misconfigured",
        "nobody is the sender",
        ((CONFIG, '"MAIL_DEFAULT_SENDER": settings.mail_sender,', '"MAIL_DEFAULT_SENDER": None,'),),
    ),
    Fault(
        "mail/misconfigured",
        "TLS is spoken to the port of STARTTLS",
        (
            (CONFIG, '"MAIL_USE_TLS": settings.mail_security == "starttls",', '"MAIL_USE_TLS": False,'),
            (CONFIG, '"MAIL_USE_SSL": settings.mail_security == "tls",', '"MAIL_USE_SSL": True,'),
        ),
        {"MAIL_SERVER": "smtp.shop.example"},
    ),
)
