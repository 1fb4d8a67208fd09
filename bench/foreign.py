"""Compares a route matrix with what an app answers to real requests.

    keck doctor --app shop:create_app routes --json > matrix.json
    python bench/foreign.py matrix.json --app shop:create_app [--routes 20] [--prepare "module:function()"] [--all]

Runs in the app's own interpreter, which needs Flask and nothing of Keck. Up to 20 routes, of each kind of
protection some, are asked by the test client, with their real bodies: anonymously, from a foreign origin, by a preflight, again,
and over and over until a limit trips. Whether a request came to the view's innermost function is told by the interpreter's
profiler. The app should have a database that may be thrown away: nothing is rolled back. Connections, processes
and mail are refused.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import io
import json
import logging
import os
import re
import sys
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

ORIGIN = "https://foreign.example"
REFUSED = {401, 403}
LEADS_TO_LOGIN = re.compile(r"log_?in|sign_?in|auth|setup", re.IGNORECASE)
MOST = 32
"""So many requests are sent at most to see a limit trip."""

SAID = {True: "agree", False: "differ", None: "unclear"}
"""What is said of a fact. Unclear: the matrix leaves it open, or the request was sent back for its content."""

Route = dict[str, Any]


@dataclass
class Answer:
    """What a request got: its status, whether it came to the view's body, its headers, and what it raised."""

    status: int
    reached: bool
    headers: dict[str, str] = field(default_factory=dict)
    error: str = ""

    @property
    def told(self) -> str:
        """As a person says it."""
        where = f" to {self.headers['location']}" if "location" in self.headers else ""
        error = f" ({self.error})" if self.error else ""
        return f"{self.status}{where}{error}, {'view reached' if self.reached else 'view not reached'}"


class Client:
    """Sends requests to an app, each from a client of its own."""

    def __init__(self, app: Any) -> None:  # noqa: ANN401 - a Flask app
        self.app = app

    def ask(self, route: Route, method: str = "", **headers: str) -> Answer:
        """Return what a request for a route gets; without cookies and body."""
        place = route["place"] or {"path": "", "line": 0}
        spot = (os.path.realpath(place["path"]) if place["path"] else "", place["line"])
        name = route["function"].rpartition(".")[2]
        reached = []

        def watch(frame: Any, event: str, _: object) -> None:  # noqa: ANN401 - a frame
            code = frame.f_code
            if event != "call" or code.co_name != name:
                return
            first = (os.path.realpath(code.co_filename), code.co_firstlineno)
            if first == spot or not spot[0]:
                reached.append(True)

        sent = {key.replace("_", "-"): value for key, value in headers.items()}
        client = self.app.test_client()
        sys.setprofile(watch)
        try:
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                got = client.open(route["path"], method=method or route["method"], headers=sent)
        except Exception as error:  # noqa: BLE001 - the app's own, which a server would answer with 500
            return Answer(500, bool(reached), error=f"{type(error).__name__}: {error}"[:120])
        finally:
            sys.setprofile(None)
        return Answer(got.status_code, bool(reached), {key.lower(): value for key, value in got.headers.items()})

    def clear(self) -> None:
        """Forget what was counted and kept."""
        limiters = self.app.extensions.get("limiter", ())
        for one in limiters if isinstance(limiters, set | list | tuple) else (limiters,):
            one.reset()
        for cache in self.app.extensions.get("cache", ()):
            if not isinstance(cache, str):
                with contextlib.suppress(Exception):  # a backend that is not there
                    cache.clear()


def compare(client: Client, route: Route) -> Iterator[tuple[str, bool | None, str]]:
    """Yield each fact of a route: its name, whether matrix and answer agree (None: cannot be told), and what was read and seen."""
    client.clear()
    anonymous = client.ask(route)
    agrees, read = _guarded(route, anonymous)
    yield "guards", agrees, f"{read}; anonymous: {anonymous.told}"

    client.clear()
    foreign = client.ask(route, Origin=ORIGIN)
    yield from _origin(route, foreign)

    client.clear()
    headers = {"Origin": ORIGIN, "Access_Control_Request_Method": route["method"]}
    yield from _preflight(route, client.ask(route, "OPTIONS", **headers))

    client.clear()
    first, second = client.ask(route), client.ask(route)
    kept = first.reached and first.status == 200 and not second.reached and second.status != 429
    if first.reached and first.status == 200:
        expected = any(one["details"].get("backend") != "NullCache" for one in route["cache"])
        yield "cache", kept == expected, f"{'cached' if expected else 'not cached'}; then {second.told}"

    yield from _limited(client, route)


def _guarded(route: Route, got: Answer) -> tuple[bool | None, str]:
    exposure = route["exposure"]
    names = ", ".join(f"{one['name']} ({one['how']})" for one in route["guards"]) or "nothing"
    read = f"{exposure} by {names}"
    sent_off = 300 <= got.status < 400 and LEADS_TO_LOGIN.search(got.headers.get("location", ""))
    refused = got.status in REFUSED or bool(sent_off)
    if exposure == "guarded":
        own = any(one["name"] == route["function"] for one in route["guards"])
        return (refused if own else not got.reached), read
    if exposure == "conditional":
        return None, read
    return (None if _invalid(got) else got.reached and not refused), read


def _invalid(got: Answer) -> bool:
    """Return whether a request was sent back for what it lacks, such as a body or a CSRF token, and proves nothing."""
    return not got.reached and got.status in {400, 411, 415, 422}


def _origin(route: Route, got: Answer) -> Iterator[tuple[str, bool, str]]:
    expected, seen = _admitted(route), got.headers.get("access-control-allow-origin") in {"*", ORIGIN}
    read = "answers any origin" if expected else "answers no foreign origin"
    yield (
        "origin",
        expected == seen,
        f"{read}; {got.headers.get('access-control-allow-origin', 'no header')} ({got.told})",
    )
    if expected and seen:
        credentials = got.headers.get("access-control-allow-credentials") == "true"
        yield (
            "credentials",
            credentials == route["cors"]["credentials"],
            f"{route['cors']['credentials']}; {credentials}",
        )


def _preflight(route: Route, got: Answer) -> Iterator[tuple[str, bool, str]]:
    expected = bool(_admitted(route) and route["cors"]["preflight"])
    allowed = {one.strip() for one in got.headers.get("access-control-allow-methods", "").split(",")}
    origin = got.headers.get("access-control-allow-origin") in {"*", ORIGIN}
    seen = got.status < 300 and origin and bool({route["method"], "*"} & allowed)
    yield "preflight", expected == seen, f"{'answered' if expected else 'not answered'}; {got.told}, {sorted(allowed)}"


def _admitted(route: Route) -> bool:
    patterns = [one[3:] for one in route["cors"]["origins"] if one.startswith("re:")]
    return bool(route["cors"]["open"]) or any(re.match(one, ORIGIN, re.IGNORECASE) for one in patterns)


def _limited(client: Client, route: Route) -> Iterator[tuple[str, bool, str]]:
    client.clear()
    limits = [one for one in route["limits"] if re.match(r"\d", one["text"]) and not one["exempt_when"]]
    if len(limits) < len(route["limits"]):
        return
    first = client.ask(route)
    if not first.reached:
        guards = [one["position"] for one in route["guards"] if one["how"] not in {"optional", "conditional"}]
        limits = [one for one in limits if not guards or one["position"] < min(guards)]
    least = min((int(one["text"].split()[0]) for one in limits), default=0)
    client.clear()
    count = least + 1 if least and least < MOST else MOST
    answers = [client.ask(route) for _ in range(count)]
    over = [index for index, one in enumerate(answers, 1) if one.status == 429 or (first.reached and not one.reached)]
    tripped = 0 if route["cache"] and not limits else next(iter(over), 0)
    expected = least + 1 if least and least < MOST else 0
    read = "; ".join(one["text"] for one in limits) or "no limit in force"
    yield "limit", tripped == expected, f"{read}; {f'stopped at request {tripped}' if tripped else f'none in {count}'}"


def chosen(routes: list[Route], most: int) -> list[Route]:
    """Return some routes of each kind of protection, in turn."""
    kinds: dict[str, list[Route]] = defaultdict(list)
    for one in routes:
        if one["path"] and not one["static"] and not one["unseen"]:
            guards = [(guard["name"], guard["how"]) for guard in one["guards"] if guard["name"] != one["function"]]
            own = any(guard["name"] == one["function"] for guard in one["guards"])
            limits = [limit["text"] for limit in one["limits"]]
            cors = (one["cors"]["source"], one["cors"]["open"], one["cors"]["credentials"])
            others = [step["name"] for step in one["order"] if step["kind"] in {"hook", "own"}]
            arguments = "<" in one["rule"]
            kind = (one["exposure"], guards, own, limits, len(one["cache"]), cors, one["exempt"], others, arguments)
            kinds[repr(kind)].append(one)
    found: list[Route] = []
    while kinds and len(found) < most:
        for key in list(kinds):
            found.append(kinds[key].pop(0))
            if not kinds[key]:
                del kinds[key]
    return found[:most]


def fence() -> None:
    """Refuse connections and processes from now on."""
    refused = {"socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.system", "os.exec", "smtplib.connect"}

    def refuse(event: str, _: object) -> None:
        if event in refused:
            message = f"{event} is refused here"
            raise ConnectionRefusedError(message)

    sys.addaudithook(refuse)


def prepare(app: Any, calls: list[str]) -> None:  # noqa: ANN401 - a Flask app
    """Run what makes the tables: ``module:expression``, in an app context."""
    with app.app_context():
        for one in calls:
            module, _, expression = one.partition(":")
            eval(expression, vars(importlib.import_module(module)))  # noqa: S307 - of whoever runs this


def main() -> None:
    """Ask, and print a table; exit with 1 if anything differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("matrix")
    parser.add_argument("--app", required=True)
    parser.add_argument("--routes", type=int, default=20)
    parser.add_argument("--prepare", action="append", default=[], metavar="MODULE:CALL")
    parser.add_argument("--all", action="store_true", help="print every fact, not only those that do not agree")
    args = parser.parse_args()
    with open(args.matrix, encoding="utf-8") as file:  # noqa: PTH123 - nothing but what Flask needs
        routes = json.load(file)["routes"]
    sys.path.insert(0, os.getcwd())  # noqa: PTH109 - as Flask does
    warnings.simplefilter("ignore")
    from flask.cli import ScriptInfo  # of the app's interpreter

    with contextlib.redirect_stdout(io.StringIO()):
        app = ScriptInfo(app_import_path=args.app).load_app()
    logging.disable(logging.CRITICAL)
    prepare(app, args.prepare)
    fence()
    client = Client(app)
    some = chosen(routes, args.routes)
    facts = [(one, *fact) for one in some for fact in compare(client, one)]
    for route, what, agrees, told in facts:
        if args.all or not agrees:
            print(f"{SAID[agrees]:8}{route['method']} {route['rule']} [{what}] {told}")
    count = Counter(SAID[agrees] for _, _, agrees, _ in facts)
    told = ", ".join(f"{count[one]} {one}" for one in SAID.values())
    print(f"{len(some)} of {len(routes)} routes, {len(facts)} facts: {told}")
    sys.stdout.flush()
    os._exit(bool(count["differ"]))  # an app may have started threads that do not end


if __name__ == "__main__":
    main()
