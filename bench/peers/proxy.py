"""Counts round trips: a proxy in front of a database that counts how often a client speaks and then waits.

It knows no protocol. Whatever a client sends before it is answered is one round trip, however many messages that is,
which is what a network between the two makes one pay for.
"""

from __future__ import annotations

import socket
import threading
from contextlib import ExitStack, suppress
from types import TracebackType
from typing import Self

CHUNK = 65_536


class Proxy:
    """A port of 127.0.0.1 behind which another one answers.

    Args:
        port: The port of the database.
    """

    def __init__(self, port: int) -> None:
        self._target = ("127.0.0.1", port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.trips = 0
        """Round trips so far, those that open connections among them."""
        self._lock = threading.Lock()
        self._open = ExitStack()
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._open.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            Conversation(self, client, socket.create_connection(self._target), self._open)

    def count(self) -> None:
        """Count one more."""
        with self._lock:
            self.trips += 1


class Conversation:
    """One connection: a thread for each direction.

    Args:
        proxy: Where round trips are counted.
        client: The connection that came in.
        server: The connection to the database.
        stack: What closes both in the end.
    """

    def __init__(self, proxy: Proxy, client: socket.socket, server: socket.socket, stack: ExitStack) -> None:
        self._proxy = proxy
        self._answered = True
        for one in (client, server):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            stack.callback(self._end, one)
        threading.Thread(target=self._ask, args=(client, server), daemon=True).start()
        threading.Thread(target=self._answer, args=(server, client), daemon=True).start()

    def _ask(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while data := client.recv(CHUNK):
                if self._answered:
                    self._answered = False
                    self._proxy.count()
                server.sendall(data)
        self._end(server)

    def _answer(self, server: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while data := server.recv(CHUNK):
                self._answered = True
                client.sendall(data)
        self._end(client)

    @staticmethod
    def _end(one: socket.socket) -> None:
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        one.close()
