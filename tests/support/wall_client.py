"""A client that keeps a copy of the wall as the pages do: static/js/gallery/log.js and sync.js, in Python."""

from __future__ import annotations

import queue
import threading
from contextlib import suppress
from typing import Any

import requests

from tests.support.library_client import Client, ask, connect, hang_up, is_lost

EVENTS = ("gallery:poster_added", "gallery:poster_removed")


class WallClient:
    """Connects, reconnects whenever the connection is lost, and notes every change of the wall that it applies."""

    def __init__(self, base_url: str, transports: list[str]) -> None:
        self._base_url = base_url
        self._work: queue.Queue[tuple[str, Any]] = queue.Queue()
        self._stopped = threading.Event()
        self._client = self._fresh_client()
        self._transports = transports
        self.epoch, self.seq = "", -1
        self.posters: list[str] = []
        self.applied: list[int] = []
        self.connections = 0
        self._threads = [threading.Thread(target=run, daemon=True) for run in (self._run, self._stay_connected)]

    def start(self) -> None:
        """Connect, and stay so."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Disconnect for good."""
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def _fresh_client(self) -> Client:
        """Make a client for one connection: reconnecting by itself, it can miss a loss soon after."""
        client = Client(reconnection=False, request_timeout=5)
        client.on("connect", lambda: self._work.put(("catch up", None)))
        for name in EVENTS:
            client.on(name, lambda payload, name=name: self._work.put((name, payload)))
        return client

    def _stay_connected(self) -> None:
        while not self._stopped.wait(0.05):
            self._client = self._fresh_client()
            with suppress(ConnectionError):
                connect(self._client, self._base_url, transports=self._transports)
                while not (is_lost(self._client) or self._stopped.wait(0.02)):
                    pass
            hang_up(self._client)
        self._work.put(("stop", None))

    def _run(self) -> None:
        while (item := self._work.get())[0] != "stop":
            name, payload = item
            if name == "catch up":
                self.connections += 1
                self._catch_up()
            elif not self._receive(payload["seq"], name, payload):
                self._catch_up()

    def _catch_up(self) -> None:
        """Ask for what was missed, until nothing is; what comes meanwhile waits in the queue, in its order."""
        with suppress(ConnectionError):  # the next connection asks again
            while (ack := self._ask())["outcome"] == "refetch":
                with suppress(requests.RequestException):
                    self._fetch()
            for event in ack.get("events", []):
                self._receive(event["seq"], event["event"], event["payload"])

    def _ask(self) -> dict[str, Any]:
        return ask(self._client, "gallery:join", {"epoch": self.epoch, "seq": max(self.seq, 0)})

    def _fetch(self) -> None:
        page = requests.get(f"{self._base_url}/api/v1/gallery?limit=100", timeout=5).json()
        self.epoch, self.seq = page["epoch"], page["seq"]
        self.posters = [poster["id"] for poster in page["posters"]]

    def _receive(self, seq: int, name: str, payload: dict[str, Any]) -> bool:
        """Apply an event that comes next; say false when one before it is missing."""
        if seq <= self.seq:
            return True
        if seq != self.seq + 1:
            return False
        self.seq = seq
        self.applied.append(seq)
        if name == "gallery:poster_added":
            self.posters.insert(0, payload["poster"]["id"])
        elif payload["id"] in self.posters:  # else it came down before this client heard that it was hung
            self.posters.remove(payload["id"])
        return True
