"""What the views of the accounts take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from ..schemas import Email
from ..schemas import Input
from ..schemas import Output
from ..schemas import Password
from ..schemas import ShownPassword
from ..schemas import Token


class Registration(Input):
    """Who wants an account."""

    email: Email
    password: Password


class Credentials(Input):
    """Who logs in."""

    email: Email
    password: ShownPassword


class PasswordShown(Input):
    """The password, shown once more before something that a stolen token must not do."""

    password: ShownPassword


class PasswordChange(Input):
    """A new password, with the one that it replaces."""

    current_password: ShownPassword
    new_password: Password


# with: mail {
class Address(Input):
    """An address that a mail is to be sent to."""

    email: Email


# with: mail }
class LinkToken(Input):
    """The token of a link."""

    token: Token


class PasswordReset(Input):
    """A new password, with the token of the link that allows it."""

    token: Token
    password: Password


class Accepted(Output):
    """What is answered whether or not there is something to do."""

    detail: str


class AccessToken(Output):
    """An access token, and the seconds that it lives. Where tokens are kept in cookies, the body does not hold it."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"
    expires_in: int


class TokenPair(AccessToken):
    """The tokens of a session. Where tokens are kept in cookies, the body does not hold them."""

    refresh_token: str


class SessionView(Output):
    """A session of the account."""

    id: UUID
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    user_agent: str
    address: str
    current: bool = Field(default=False, description="Whether this request belongs to it.")


class SessionList(Output):
    """The sessions of the account that are not over, the one used last first."""

    sessions: list[SessionView]


class AccountView(Output):
    """The account of the request's token."""

    id: UUID
    email: str
    role: str
    created_at: datetime
