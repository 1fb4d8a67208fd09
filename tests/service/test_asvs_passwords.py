"""ASVS 5.0, section 6.2, over HTTP: what makes a password, and what does not. docs/asvs.md has the table."""

from __future__ import annotations

import unicodedata
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import inspect

from tests.service.people import PASSWORD, WRONG, Person, database, new_address, opens, person
from tests.service.servers.rig import Rig
from tests.service.servers.service import Service

COMMON = 3_000
"""So many of the most common passwords must be refused."""
NEW = "another harbour for 9 boats"
MOST_COMMON = "from zxcvbn.frequency_lists import FREQUENCY_LISTS; print('\\n'.join(FREQUENCY_LISTS['passwords']))"


@pytest.fixture(scope="module")
def common(embedded: Service) -> list[str]:
    """The most common passwords that are long enough, the most common first."""
    found = [word for word in embedded.run("-c", MOST_COMMON).stdout.split("\n") if len(word) >= 8][:COMMON]
    assert len(set(found)) == COMMON
    return found


def register(service: Service, password: str, email: str | None = None) -> int:
    """Register, under a new address unless said otherwise, and return the status."""
    with service.client() as client:
        body = {"email": email or new_address(), "password": password}
        return client.post("/api/auth/register", json=body).status_code


def change(one: Person, new: str, current: str = PASSWORD) -> int:
    """Change the password and return the status."""
    body = {"current_password": current, "new_password": new}
    return one.send("POST", "/api/auth/password", json=body).status_code


def test_v6_2_1_passwords_have_eight_characters(embedded: Service) -> None:
    """Seven characters, however many bytes they have, are refused wherever a password is set; eight are taken."""
    one, link = person(embedded), "x" * 43
    for seven in ("xqvjzkw", "\N{SNOWMAN}" * 7, ""):
        assert register(embedded, seven) == 422
        assert change(one, seven) == 422
        with embedded.client() as client:
            answer = client.post("/api/auth/reset/confirm", json={"token": link, "password": seven})
        assert answer.status_code == 422
    assert register(embedded, "xqvjzkwy") == 202
    assert change(one, "xqvjzkwy") == 204


def test_v6_2_2_users_change_their_password(backend: Service) -> None:
    """After a change the new password opens the account, and the old one does not."""
    one = person(backend)
    assert change(one, NEW) == 204
    assert (opens(backend, one.email, PASSWORD), opens(backend, one.email, NEW)) == (False, True)


def test_v6_2_3_change_takes_the_current_password(embedded: Service) -> None:
    """Without the current password, or with a wrong one, nothing is changed."""
    one = person(embedded)
    assert change(one, NEW, WRONG) == 403
    assert one.send("POST", "/api/auth/password", json={"new_password": NEW}).status_code == 422
    assert (opens(embedded, one.email, PASSWORD), opens(embedded, one.email, NEW)) == (True, False)


def test_v6_2_4_common_passwords_are_refused(embedded: Service, common: list[str]) -> None:
    """Each of the 3000 most common passwords of eight or more characters is refused, in capitals as well."""

    def taken(words: list[str]) -> list[str]:
        with embedded.client() as client:
            bodies = [{"email": "ann@example.com", "password": word} for word in words]
            answers = [client.post("/api/auth/register", json=body) for body in bodies]
        return [word for word, answer in zip(words, answers, strict=True) if answer.status_code != 409]

    with ThreadPoolExecutor(4) as pool:
        parts = [common[start::4] for start in range(4)]
        assert [word for left in pool.map(taken, parts) for word in left] == []
    assert taken([word.upper() for word in common[::30]]) == []


def test_v6_2_4_common_passwords_are_refused_in_changes(embedded: Service, common: list[str]) -> None:
    """Changing and resetting refuse common passwords as registering does, and then change nothing."""
    one = person(embedded)
    with embedded.client() as client:
        client.post("/api/auth/reset", json={"email": one.email})
        token = embedded.mail(one.email)[-1].token()
        for word in common[::100]:
            assert change(one, word) == 409
            answer = client.post("/api/auth/reset/confirm", json={"token": token, "password": word})
            assert (answer.status_code, answer.json()["type"]) == (409, "weak-password")
    assert opens(embedded, one.email, PASSWORD)


KINDS = (
    *("8392057164", "qxvjzkwyplm", "QXVJZKWYPLM", "!?-_.:,;~#", " " * 12, "\t\n\r\0\x01\x7f\x1b\b"),
    *("\u00e9\u00df\u00f8\u0153\u00e5\u00f1\u00fc\u00ee", "\u0434\u043e\u0436\u0434\u044c\u0438\u043a\u0438"),
    *(
        "\u6e2f\u6e7e\u91cc\u6709\u5341\u4e03\u8258\u8239",
        "\U0001f680" * 8,
        '"; DROP TABLE users; --',
        "<b>{{7*7}}</b>",
    ),
)


def test_v6_2_5_any_characters_make_a_password(embedded: Service) -> None:
    """Digits alone, one case alone, blanks, control characters, other scripts: each is taken, and opens the account."""
    one, current = person(embedded), PASSWORD
    for password in KINDS:
        assert change(one, password, current) == 204, password
        assert opens(embedded, one.email, password), password
        current = password


def test_v6_2_8_passwords_count_as_they_are_sent(embedded: Service) -> None:
    """Trimmed, in another case, normalised or cut at whatever length, a password is another password."""
    one = person(embedded)
    password = " Ca" + "fe\u0301" + "".join(f" {number} Boats" for number in range(30))[:240] + " "
    assert change(one, password) == 204
    others = {password.strip(), password.lower(), password.upper(), password.swapcase(), password + "x"}
    others |= {unicodedata.normalize("NFC", password), password.encode("ascii", "ignore").decode()}
    others |= {password[:length] for length in (8, 16, 32, 55, 56, 64, 71, 72, 73, 128, len(password) - 1)}
    assert [other for other in others - {password} if opens(embedded, one.email, other)] == []
    assert opens(embedded, one.email, password)


def test_v6_2_9_long_passwords_are_taken(embedded: Service) -> None:
    """Passwords of 64 to 256 characters are taken whole; a longer one is refused, not cut."""
    one, current = person(embedded), PASSWORD
    for length in (64, 65, 72, 100, 256):
        password = ("a boat, " * 32)[:length]
        assert change(one, password, current) == 204
        assert opens(embedded, one.email, password)
        assert not opens(embedded, one.email, password[:-1])
        current = password
    assert change(one, "a boat, " * 32 + "x", current) == 422


def test_v6_2_10_passwords_do_not_age(embedded: Service) -> None:
    """A password that was set twenty years ago opens the account, and no column says when it was set."""
    one = person(embedded, created_at=datetime.now(UTC) - timedelta(days=7_300))
    assert opens(embedded, one.email, PASSWORD)
    with database(embedded) as connection:
        columns = {str(column["name"]) for column in inspect(connection).get_columns("users")}
    moments = {"verified_at", "disabled_at", "created_at"}
    assert {name for name in columns if "password" in name or name.endswith("_at")} == {"password_hash", *moments}


def test_v6_2_11_listed_words_make_no_password(embedded: Service, rig: Rig) -> None:
    """Passwords made of listed words, or of the address, are refused wherever one is set; the list is the setting's."""
    decided = rig.embedded(PASSWORD_WORDS="kettle,leaf")  # noqa: S106 - words that make none
    weak = ("shop-shop-2026", "Password SHOP 1!", "PASSWORDshop99")
    one = person(embedded)
    for password in (*weak, f"{one.email}1", f"!!{one.email.partition('@')[0]}"):
        assert register(embedded, password, one.email) == 409, password
        assert change(one, password) == 409, password
    ours = person(decided)
    assert [change(ours, password) for password in ("Kettle-Leaf-2026", "a leaf, a kettle")] == [409, 204]
    assert change(person(decided), "shop-shop-2026") == 204
