"""Forged tokens of every known kind. Each is made of an honest one: what is wrong with it is its name alone."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from tests.service.people import Person
from tests.service.tokens import Claims, claims_of, encoded, forge, sign

EXAMPLE_SECRET = "change-me-change-me-change-me-change-me"  # noqa: S105 - the one of .env.example
HUGE = 100_000
"""Bytes: below what the server takes of headers, above what any client sends."""


@dataclass(frozen=True)
class Material:
    """What a forger has to work with.

    Args:
        token: An honest one that works.
        claims: What it says.
        other: What the token of the same kind says that the service gave somebody else.
        wrong_type: A token of the same session of the other kind.
        secret: The service's own. Forgeries that use it show that a claim is looked at, and could not be made by others.
        trap: The address of a server that must not be asked for keys.
    """

    token: str
    claims: Claims
    other: Claims
    wrong_type: str
    secret: str
    trap: str

    def signed(self, **changes: Any) -> str:  # noqa: ANN401 - any JSON
        """Return the token with other claims, signed by the service's own secret."""
        return forge({**self.claims, **changes}, self.secret)

    def lacking(self, *names: str) -> str:
        """Return the token without these claims, signed by the service's own secret."""
        return forge({name: value for name, value in self.claims.items() if name not in names}, self.secret)

    def headed(self, key: str | bytes | None = None, **header: Any) -> str:  # noqa: ANN401 - any JSON
        """Return the token with another header, signed with HS256 by a key: the service's own when not given."""
        return forge(self.claims, self.secret if key is None else key, **header)


Forger = Callable[[Material], str]


@cache
def rsa_key() -> rsa.RSAPrivateKey:
    """The forger's own RSA key."""
    return rsa.generate_private_key(65537, 2048)


@cache
def ec_key() -> ec.EllipticCurvePrivateKey:
    """The forger's own key for ES256."""
    return ec.generate_private_key(ec.SECP256R1())


def own(material: Material, algorithm: str, **header: object) -> str:
    """Sign the claims with the forger's own asymmetric key."""
    key = ec_key() if algorithm.startswith("ES") else rsa_key()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return jwt.encode(material.claims, pem, algorithm, headers=dict(header))


def public_pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, encoding: Encoding = Encoding.PEM) -> bytes:
    """Return a public key as files hold it."""
    return key.public_key().public_bytes(encoding, PublicFormat.SubjectPublicKeyInfo)


def unsigned(material: Material, algorithm: object, signature: str = "") -> str:
    """Return the claims under a header that says that no signature is needed."""
    header = encoded(json.dumps({"alg": algorithm, "typ": "JWT"}).encode())
    return f"{header}.{encoded(json.dumps(material.claims).encode())}.{signature}"


def jwk(material: Material) -> str:
    """Sign with a key and send it along as the one to verify with."""
    public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(rsa_key().public_key()))
    return own(material, "RS256", jwk=public, kid="own")


def doubled(material: Material, **last: Any) -> str:  # noqa: ANN401 - any JSON
    """Return signed claims in which some stand twice, the second time with another value."""
    text = json.dumps(material.claims)[:-1] + ", " + json.dumps(last)[1:]
    return forge(text, material.secret)


def tampered(material: Material) -> str:
    """Keep the signature and change who it is."""
    header, _, signature = material.token.split(".")
    claims = {**material.claims, "sub": material.other["sub"], "sid": material.other["sid"]}
    return f"{header}.{encoded(json.dumps(claims).encode())}.{signature}"


def _raw_claims(material: Material) -> str:
    """Sign claims that are not encoded, as `b64: false` says."""
    signed = forge("{}", material.secret, b64=False, crit=["b64"])
    header, _, signature = signed.split(".")
    return f"{header}.{json.dumps(material.claims).replace(' ', '')}.{signature}"


def parts(material: Material) -> tuple[str, str, str]:
    """Return the three parts of the honest token."""
    header, claims, signature = material.token.split(".")
    return header, claims, signature


def _algorithm(name: object) -> Forger:
    return lambda m: unsigned(m, name)


def _key(key: str | bytes) -> Forger:
    return lambda m: m.headed(key)


def _own(algorithm: str) -> Forger:
    return lambda m: own(m, algorithm)


def _kid(kid: str) -> Forger:
    return lambda m: m.headed("", kid=kid)


def _claim(name: str, value: object) -> Forger:
    return lambda m: m.signed(**{name: value})


def _lacking(name: str) -> Forger:
    return lambda m: m.lacking(name)


ALGORITHMS: tuple[object, ...] = (
    *("none", "None", "NONE", "nOnE", "NonE", "none ", " none", "n\u00f6ne", ""),
    *(None, False, 0, [], ["none"], {}),
)
NO_IDS: tuple[object, ...] = (
    *(None, 7, 0, True, [], ["x"], {}),
    *("", "no id", "admin", "\0", "' OR 1=1 --", "x" * 5_000),
)

UNSIGNED: dict[str, Forger] = {
    **{f"alg {name!r}": _algorithm(name) for name in ALGORITHMS},
    "alg none, escaped": lambda m: sign(r'{"alg": "\u006eone"}', json.dumps(m.claims), "").rpartition(".")[0] + ".",
    "alg none, signature kept": lambda m: unsigned(m, "none", parts(m)[2]),
    "alg none, signed blank": lambda m: m.headed("", alg="none"),
    "no alg": lambda m: sign(json.dumps({"typ": "JWT"}), json.dumps(m.claims), m.secret),
    "no signature": lambda m: m.token.rpartition(".")[0] + ".",
    "two parts": lambda m: m.token.rpartition(".")[0],
}

WEAK: dict[str, str | bytes] = {
    "blank": "",
    "space": " ",
    "NUL": b"\0",
    "32 NULs": b"\0" * 32,
    "None": "None",
    "null": "null",
    "secret": "secret",
    "shop": "shop",
    "example": EXAMPLE_SECRET,
    "another": "another secret that is long enough as well",
}

KEYS: dict[str, Forger] = {
    **{f"key {name}": _key(key) for name, key in WEAK.items()},
    "key of the claims": lambda m: m.headed(str(m.claims["sub"])),
    "key without its last byte": lambda m: m.headed(m.secret[:-1]),
    "key with a byte more": lambda m: m.headed(m.secret + "\n"),
    "signature of other claims": tampered,
}

CONFUSION: dict[str, Forger] = {
    **{f"own {algorithm}": _own(algorithm) for algorithm in ("RS256", "RS512", "PS256", "ES256")},
    "HS256 by RSA's public PEM": lambda m: m.headed(public_pem(rsa_key())),
    "HS256 by RSA's public DER": lambda m: m.headed(public_pem(rsa_key(), Encoding.DER)),
    "HS256 by ES256's public PEM": lambda m: m.headed(public_pem(ec_key())),
    "RS256 by the secret": lambda m: m.headed(alg="RS256"),
    "ES256 by the secret": lambda m: m.headed(alg="ES256"),
    "ES256 of zeros": lambda m: unsigned(m, "ES256", encoded(bytes(64))),
    "HS384": lambda m: sign('{"alg": "HS384", "typ": "JWT"}', json.dumps(m.claims), m.secret, "sha384"),
    "HS512": lambda m: sign('{"alg": "HS512", "typ": "JWT"}', json.dumps(m.claims), m.secret, "sha512"),
    "HS1": lambda m: sign('{"alg": "HS1", "typ": "JWT"}', json.dumps(m.claims), m.secret, "sha1"),
    "alg hs256": lambda m: m.headed(alg="hs256"),
    "alg [HS256]": lambda m: m.headed(alg=["HS256"]),
    "alg doubled": lambda m: sign('{"alg": "HS256", "alg": "none"}', json.dumps(m.claims), m.secret),
}

KIDS = (
    "../../../../../../dev/null",
    "/dev/null",
    "file:///dev/null",
    "' UNION SELECT '' -- ",
    "x'; DROP TABLE users; --",
    "| cat /etc/passwd",
    "${jndi:ldap://127.0.0.1/}",
    "\0",
    "",
)

HEADERS: dict[str, Forger] = {
    **{f"kid {kid!r}": _kid(kid) for kid in KIDS},
    "kid 7": lambda m: m.headed(kid=7),
    "kid list": lambda m: m.headed(kid=["own"]),
    "kid object": lambda m: m.headed(kid={"own": 1}),
    "kid true": lambda m: m.headed(kid=True),
    "jwk": jwk,
    "jwk oct": lambda m: m.headed("x" * 32, jwk={"kty": "oct", "k": encoded(b"x" * 32)}),
    "jku": lambda m: own(m, "RS256", jku=f"{m.trap}/keys.json", kid="own"),
    "x5u": lambda m: own(m, "RS256", x5u=f"{m.trap}/chain.pem"),
    "x5c": lambda m: own(m, "RS256", x5c=[encoded(public_pem(rsa_key(), Encoding.DER))]),
    "iss with keys": lambda m: own(replace(m, claims={**m.claims, "iss": m.trap}), "RS256"),
    "crit exp": lambda m: m.headed(crit=["exp"]),
    "crit unknown": lambda m: m.headed(crit=["urn"], urn=1),
    "crit no list": lambda m: m.headed(crit="exp"),
    "crit empty": lambda m: m.headed(crit=[]),
    "b64 false": lambda m: m.headed(b64=False),
    "b64 false, raw claims": _raw_claims,
}


CLAIMS: dict[str, Forger] = {
    "other kind": lambda m: m.wrong_type,
    "type other": lambda m: m.signed(type="other"),
    "type None": lambda m: m.signed(type=None),
    "aud another": lambda m: m.signed(aud="another"),
    "aud None": lambda m: m.signed(aud=None),
    "aud list of others": lambda m: m.signed(aud=["another"]),
    "aud number": lambda m: m.signed(aud=7),
    "iss another": lambda m: m.signed(iss="another"),
    "iss None": lambda m: m.signed(iss=None),
    "iss list": lambda m: m.signed(iss=["another"]),
    "expired": lambda m: m.signed(exp=int(time.time()) - 2),
    "expired long ago": lambda m: m.signed(exp=0),
    "exp negative": lambda m: m.signed(exp=-1),
    "exp text": lambda m: m.signed(exp="tomorrow"),
    "exp None": lambda m: m.signed(exp=None),
    "exp list": lambda m: m.signed(exp=[1]),
    "exp infinite": lambda m: forge(json.dumps(m.claims | {"exp": float("inf")}), m.secret),
    "exp NaN": lambda m: forge(json.dumps(m.claims | {"exp": float("nan")}), m.secret),
    "nbf in future": lambda m: m.signed(nbf=int(time.time()) + 60),
    "nbf text": lambda m: m.signed(nbf="now"),
    "iat in future": lambda m: m.signed(iat=int(time.time()) + 60),
    "sid of another": lambda m: m.signed(sid=m.other["sid"]),
    "sub of another": lambda m: m.signed(sub=m.other["sub"]),
    "sid of nobody": lambda m: m.signed(sid=str(uuid4())),
    "sub of nobody": lambda m: m.signed(sub=str(uuid4())),
    "jti 7": lambda m: m.signed(jti=7),
    "claims list": lambda m: forge("[]", m.secret),
    "claims text": lambda m: forge('"admin"', m.secret),
    "claims null": lambda m: forge("null", m.secret),
    "claims no JSON": lambda m: forge("{", m.secret),
    "claims deep": lambda m: forge("[" * 20_000 + "]" * 20_000, m.secret),
    "exp of 5000 digits": lambda m: forge(json.dumps(m.claims)[:-1] + ', "exp": ' + "9" * 5_000 + "}", m.secret),
    "claims twice, last of another": lambda m: doubled(m, sub=m.other["sub"]),
    "claims twice, last expired": lambda m: doubled(m, exp=1),
    "claims twice, last of no kind": lambda m: doubled(m, type="other"),
    **{f"{claim} {value!r}": _claim(claim, value) for claim in ("sub", "sid") for value in NO_IDS},
    **{f"lacking {claim}": _lacking(claim) for claim in ("aud", "iss", "exp", "sub", "sid", "jti")},
}

ACCESS: dict[str, Forger] = {
    "lacking ep": lambda m: m.lacking("ep"),
    "ep ahead": lambda m: m.signed(ep=int(m.claims["ep"]) + 1),
    "ep None": lambda m: m.signed(ep=None),
    "ep text": lambda m: m.signed(ep=str(m.claims["ep"])),
    "ep list": lambda m: m.signed(ep=[m.claims["ep"]]),
}
"""What is wrong with access tokens only."""

REFRESH: dict[str, Forger] = {
    "lacking gen": lambda m: m.lacking("gen"),
    "lacking type": lambda m: m.lacking("type"),
    "gen None": lambda m: m.signed(gen=None),
    "gen text": lambda m: m.signed(gen=str(m.claims["gen"])),
    "gen list": lambda m: m.signed(gen=[m.claims["gen"]]),
}
"""What is wrong with refresh tokens only."""

ENCODING: dict[str, Forger] = {
    "junk !": lambda m: m.token + "!",
    "junk =": lambda m: m.token + "=",
    "junk ====": lambda m: m.token + "====",
    "junk x": lambda m: m.token + "x",
    "junk xxxx": lambda m: m.token + "xxxx",
    "junk %00": lambda m: m.token + "%00",
    "junk ;": lambda m: m.token + ";",
    "junk in the signature": lambda m: m.token[:-5] + "!" + m.token[-5:],
    "junk before": lambda m: "!" + m.token,
    "same signature, other spelling": lambda m: m.token[:-1] + chr(ord(m.token[-1]) + 1),
    "standard alphabet": lambda m: m.token[:-3] + "+/+",
    "quoted": lambda m: f'"{m.token}"',
    "fourth part": lambda m: m.token + ".x",
    "fourth part empty": lambda m: m.token + ".",
    "JWE, five parts": lambda m: ".".join((encoded(b'{"alg": "dir", "enc": "A128GCM"}'), "", *parts(m))),
    "JWE of zeros": lambda m: ".".join((encoded(b'{"alg": "dir", "enc": "A128GCM"}'), "", "AAAA", "AAAA", "AAAA")),  # noqa: ARG005
    "JSON serialisation": lambda m: json.dumps(dict(zip(("protected", "payload", "signature"), parts(m), strict=True))),
    "one part": lambda m: parts(m)[1],
    "dots": lambda m: "..",  # noqa: ARG005
    "header no JSON": lambda m: f"{encoded(b'{')}.{parts(m)[1]}.{parts(m)[2]}",
    "header a list": lambda m: sign("[]", json.dumps(m.claims), m.secret),
    "header a text": lambda m: sign('"HS256"', json.dumps(m.claims), m.secret),
    "header null": lambda m: sign("null", json.dumps(m.claims), m.secret),
    "header deep": lambda m: f"{encoded(b'[' * 20_000)}.{parts(m)[1]}.{parts(m)[2]}",
    "header no UTF-8": lambda m: f"{encoded(b'{}' + bytes([255]))}.{parts(m)[1]}.{parts(m)[2]}",
    "huge claims": lambda m: forge({**m.claims, "x": "x" * HUGE}, "another secret that is long enough as well"),
    "huge header": lambda m: m.headed("", kid="x" * HUGE),
    "huge signature": lambda m: m.token + "A" * HUGE,
}

ALL: Mapping[str, Forger] = {**UNSIGNED, **KEYS, **CONFUSION, **HEADERS, **CLAIMS, **ENCODING}


def forged(material: Material) -> dict[str, str]:
    """Return the forgeries of an honest token of either kind, by what is wrong with them."""
    only = REFRESH if material.claims["type"] == "refresh" else ACCESS
    return {name: forger(material) for name, forger in {**ALL, **only}.items()}


def material(one: Person, other: Person, trap: str, *, refresh: bool = False) -> Material:
    """Return what a forger has who holds somebody's tokens and somebody else's."""
    mine, theirs = (one.refresh, other.refresh) if refresh else (one.access, other.access)
    wrong = one.access if refresh else one.refresh
    secret = one.service.env["JWT_SECRET_KEY"]
    return Material(mine, claims_of(mine), claims_of(theirs), wrong, secret, trap)
