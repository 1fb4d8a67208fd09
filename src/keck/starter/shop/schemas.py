"""What request and answer bodies are made of: pydantic models and types that the views share."""

from __future__ import annotations

import re
from typing import Annotated

from email_validator import EmailNotValidError
from email_validator import validate_email
from pydantic import AfterValidator
from pydantic import BaseModel
from pydantic import BeforeValidator
from pydantic import ConfigDict
from pydantic import Field
from pydantic import WithJsonSchema

LARGEST_INTEGER = 2_147_483_647
"""What an integer column of PostgreSQL holds at most."""
LONGEST_EMAIL = 254
SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 256

_DIGITS = re.compile(r"[0-9]{1,10}")


def _plain_digits(value: object) -> object:
    """Refuse the other ways to write a number (`+1`, `1_0`, ` 1`) that Python would take."""
    if isinstance(value, str) and not _DIGITS.fullmatch(value):
        raise ValueError("must be a number in decimal digits")
    return value


def _whole(value: object) -> object:
    """Take `7.0` for 7: JSON has one kind of number, and a schema's integers are those without a fraction."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def normalised(email: str) -> str:
    """An e-mail address as it is stored and compared: in lower case, its domain in ASCII.

    Addresses below `.test`, which are reserved for tests, are addresses too.

    Raises:
        ValueError: it is no address.
    """
    try:
        address = validate_email(email, check_deliverability=False, allow_smtputf8=False, test_environment=True)
    except EmailNotValidError as error:
        raise ValueError(str(error)) from None
    return (address.ascii_email or address.normalized).lower()


Text = Annotated[str, Field(pattern=r"^[^\x00]*$")]
"""A string without NUL, which every database can hold; each use says how long it may be."""

Email = Annotated[
    str,
    Field(max_length=LONGEST_EMAIL),
    AfterValidator(normalised),
    WithJsonSchema({"type": "string", "format": "email", "maxLength": LONGEST_EMAIL}),
]
"""An e-mail address, normalised. Only its syntax is looked at."""

Password = Annotated[str, Field(min_length=SHORTEST_PASSWORD, max_length=LONGEST_PASSWORD)]
"""A new password. It is taken as it is sent: neither trimmed nor normalised."""

ShownPassword = Annotated[str, Field(min_length=1, max_length=LONGEST_PASSWORD)]
"""A password that is compared with the one that was set."""

Token = Annotated[str, Field(min_length=43, max_length=43, pattern=r"^[A-Za-z0-9_-]+$")]
"""The token of a link."""

Integer = Annotated[int, BeforeValidator(_whole)]
"""A number in a body."""

QueryInteger = Annotated[int, BeforeValidator(_plain_digits)]
"""A number in a query string."""


class Input(BaseModel):
    """What a client sends: nothing is converted, and unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Query(BaseModel):
    """What stands in a query string, where everything is text; unknown parameters are refused."""

    model_config = ConfigDict(extra="forbid")


class Output(BaseModel):
    """What the service answers, made of rows or of keywords."""

    model_config = ConfigDict(from_attributes=True)
