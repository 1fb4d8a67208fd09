"""What a Redis says of itself, and that nothing is written to it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, cast

import pytest
from flask import Flask
from flask_caching import Cache
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from redis import Redis as Client
from redis.cluster import RedisCluster
from redis.sentinel import Sentinel

from keck.backends import redis as ours
from tests.backends import apps
from tests.service.servers.process import wait_until
from tests.service.servers.redis import Redis
from tests.service.servers.rig import Rig
from tests.service.servers.smtp import Smtp


def with_cache(url: str, **options: Any) -> Flask:  # noqa: ANN401
    """Return an app whose cache is in this Redis."""
    made = apps.app(CACHE_TYPE="RedisCache", CACHE_REDIS_URL=url, CACHE_OPTIONS=options)
    Cache(made)
    return made


def with_client(client: Any) -> Flask:  # noqa: ANN401
    """Return an app that holds this client."""
    return apps.app(STORE=client)


@pytest.fixture(scope="module")
def evicting() -> Iterator[Redis]:
    """A Redis with little memory that evicts."""
    with Redis("16mb") as server, server.client() as client:
        client.config_set("maxmemory-policy", "allkeys-lru")
        yield server


def test_answers(redis: Redis) -> None:
    """Version, memory and policy; the address without the password."""
    one = apps.answer(with_cache(redis.url(3), socket_timeout=0.5), "redis")
    assert (one.state, one.name, one.where) == ("answers", "redis of the cache", f"127.0.0.1:{redis.port}/3")
    assert one.detail == f"Redis {one.facts['version']}, noeviction"
    with redis.client() as client:
        info: Any = client.info()
    assert one.facts == {
        "role": "cache",
        "names": [],
        "blocklist": False,
        "database": 3,
        "timeout": 0.5,
        "connect_timeout": one.facts["connect_timeout"],
        "password": True,
        "tls": False,
        "server": info["run_id"],
        "version": info["redis_version"],
        "maxmemory": 0,
        "policy": "noeviction",
        "evicts": "none",
        "used_memory": one.facts["used_memory"],
        "evicted_keys": 0,
        "keys": 0,
        "persistent": False,
        "replica": False,
    }
    assert redis.password not in str(one)


@pytest.mark.parametrize(
    ("policy", "evicts"), [("allkeys-lru", "all"), ("volatile-lru", "expiring"), ("noeviction", "none")]
)
def test_policies(evicting: Redis, policy: str, evicts: str) -> None:
    """What may be dropped is told by the policy."""
    with evicting.client() as client:
        client.config_set("maxmemory-policy", policy)
    one = apps.answer(with_cache(evicting.url()), "redis")
    assert (one.facts["policy"], one.facts["evicts"], one.facts["maxmemory"]) == (policy, evicts, 16 * 2**20)


def test_evicted_keys_are_counted(evicting: Redis) -> None:
    """What was dropped is counted by the server."""
    with evicting.client() as client:
        client.config_set("maxmemory-policy", "allkeys-lru")
        for number in range(200):
            client.set(f"large-{number}", "x" * 100_000)
    one = apps.answer(with_cache(evicting.url()), "redis")
    assert one.facts["evicted_keys"] > 0
    assert one.facts["keys"] > 0


def test_two_roles_share_one_server(redis: Redis, evicting: Redis) -> None:
    """Clients of one server have its identity in common, whatever database or name of the host they use."""
    made = with_cache(redis.url(1))
    made.config["RATELIMIT_STORAGE_URI"] = redis.url(2).replace("127.0.0.1", "localhost")
    Limiter(get_remote_address, app=made)
    made.config["STORE"] = evicting.client()
    cache, limiter, store = apps.answers(made, "redis")
    assert [one.facts["role"] for one in (cache, limiter, store)] == ["cache", "limiter", "project"]
    assert (limiter.name, store.name) == ("redis of the limiter", "redis of app.config:STORE")
    assert cache.facts["server"] == limiter.facts["server"] != store.facts["server"]


@pytest.mark.parametrize(
    ("password", "text"), [("", "already authenticated"), (":wrong-one@", "invalid username-password pair")]
)
def test_refuses(redis: Redis, password: str, text: str) -> None:
    """Without the password, or with another, it is there and says no."""
    one = apps.answer(with_cache(f"redis://{password}127.0.0.1:{redis.port}/0"), "redis")
    assert (one.state, text in one.detail) == ("refuses", True), one
    assert "wrong-one" not in str(one)
    assert one.facts["password"] is bool(password)


def test_user_that_may_not_ask(redis: Redis) -> None:
    """A user that may PING but not INFO has an answer, without what INFO tells; one that may neither is refused."""
    with redis.client() as client:
        for name, rule in (("pinger", ["+ping"]), ("nobody", ["-@all"])):
            client.execute_command("ACL", "SETUSER", name, "on", ">hidden", *rule)
    one = apps.answer(with_cache(f"redis://pinger:hidden@127.0.0.1:{redis.port}/0"), "redis")
    assert (one.state, "policy" in one.facts) == ("answers", False), one
    assert one.detail.startswith("it answers PING, but not INFO")
    one = apps.answer(with_cache(f"redis://nobody:hidden@127.0.0.1:{redis.port}/0"), "redis")
    assert one.state == "refuses"
    assert "hidden" not in str(one)
    with redis.client() as client:
        client.execute_command("ACL", "DELUSER", "pinger", "nobody")


@pytest.mark.parametrize("host", ["127.0.0.1:{dead}", "no-such-host.invalid:6379"])
def test_unreachable(dead: int, host: str) -> None:
    """A closed port and an unknown host are unreachable, at once."""
    where = host.format(dead=dead)
    one = apps.answer(with_cache(f"redis://:hidden@{where}/0"), "redis")
    assert (one.state, one.where) == ("unreachable", f"{where}/0")
    assert one.seconds < 1.5
    assert "hidden" not in str(one)


def test_mute(mute: int) -> None:
    """A server that says nothing costs the time limit, although the app's client would wait longer and try again."""
    began = time.monotonic()
    one = apps.answer(with_cache(f"redis://:hidden@127.0.0.1:{mute}/0", socket_timeout=60), "redis", 0.5)
    assert time.monotonic() - began < 10
    assert one.state == "unreachable"
    assert one.facts["timeout"] == 60


def test_tls(redis: Redis, smtp: Smtp) -> None:
    """A certificate that nobody vouches for means that somebody is there; a server without TLS just waits."""
    one = apps.answer(with_cache(f"rediss://:hidden@127.0.0.1:{smtp.tls_port}/0"), "redis")
    assert (one.state, one.facts["tls"]) == ("refuses", True), one
    one = apps.answer(with_cache(f"rediss://:hidden@127.0.0.1:{redis.port}/0"), "redis", 0.5)
    assert (one.state, one.facts["tls"]) == ("unreachable", True), one


def test_hangs_after_the_first_answer(rig: Rig) -> None:
    """Time limits of the client: None is for ever, and what the app does not say is the library's default."""
    server = rig.new_redis()
    client = Client.from_url(server.url(), socket_timeout=None)
    one = apps.answer(with_client(client), "redis")
    assert (one.facts["timeout"], one.state) == (None, "answers")
    server.pause()
    assert apps.answer(with_client(client), "redis", 0.4).state == "unreachable"
    server.resume()


def test_nothing_is_written(redis: Redis) -> None:
    """The server counts PING and INFO and what a client says of itself, no more, and the client's pool is unused."""
    made = with_cache(redis.database())
    with redis.client() as client:
        client.config_resetstat()
        assert apps.answer(made, "redis").state == "answers"
        commands = {name.removeprefix("cmdstat_") for name in client.info("commandstats")}
    allowed = {"ping", "info", "auth", "hello", "select", "client", "command", "config", "config|resetstat"}
    assert {"ping", "info"} <= commands <= allowed, commands


def test_socket_path() -> None:
    """A socket of the file system is shown by its path."""
    one = apps.answer(with_client(Client(unix_socket_path="/no/such.sock", password="hidden")), "redis")  # noqa: S106
    assert (one.state, one.where) == ("unreachable", "/no/such.sock/0")


def test_sentinel(rig: Rig) -> None:
    """Sentinel is asked where the service is; one that nobody answers for leaves it unreachable."""
    server = rig.new_redis()
    made: Any = cast("Any", Sentinel)([("127.0.0.1", 1)], socket_timeout=0.3, sentinel_kwargs={"socket_timeout": 0.3})
    master: Any = made.master_for("store", password=server.password)
    one = apps.answer(with_client(master), "redis")
    assert (one.state, one.where) == ("unreachable", "sentinel store/0")
    made.discover_master = lambda *_: ("127.0.0.1", server.port)
    one = apps.answer(with_client(master), "redis")
    assert (one.state, one.facts["role"]) == ("answers", "project"), one


def test_cluster(rig: Rig) -> None:
    """Of a cluster its first node is asked."""
    server = rig.new_redis()
    server.stop()
    settings = server.folder / "redis.conf"
    text = settings.read_text(encoding="utf-8").replace("databases 2000", "databases 1")
    settings.write_text(text + "cluster-enabled yes\n", encoding="utf-8")
    server.start()
    with server.client() as plain:
        plain.execute_command("CLUSTER", "ADDSLOTS", *range(16384))
        wait_until(lambda: plain.execute_command("CLUSTER INFO")["cluster_state"] == "ok", "the cluster is up")
    client = RedisCluster(host="127.0.0.1", port=server.port, password=server.password)
    one = apps.answer(with_client(client), "redis")
    client.close()
    assert (one.state, one.where) == ("answers", f"127.0.0.1:{server.port}/0"), one
    assert server.password not in str(one)


def test_cluster_without_nodes() -> None:
    """A client that knows no node says where it would look by default."""

    class Empty(RedisCluster):
        """Was never connected."""

        def __init__(self) -> None:
            self.nodes_manager: Any = type("Manager", (), {})()

    assert ours.where(ours._settings(Empty())) == "localhost:6379/0"  # noqa: SLF001 - the branch of broken clients


def test_derived_client(redis: Redis) -> None:
    """A class of the project's own that derives from the client's is one."""

    class Store(Client):
        """Ours."""

    one = apps.answer(with_client(Store.from_url(redis.url())), "redis")
    assert one.state == "answers"
