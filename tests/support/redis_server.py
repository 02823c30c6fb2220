"""A real redis-server of the test's own, that can be killed, frozen and brought back."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import redis

from tests.support.real_parts import program
from tests.support.waiting import wait_until


class RedisServer:
    """Runs on a UNIX socket in a folder; keeps nothing on disk."""

    def __init__(self, folder: Path) -> None:
        self._socket = folder / "redis.sock"
        self._log = folder / "redis.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://{self._socket}"

    def client(self) -> redis.Redis:
        return redis.Redis(unix_socket_path=str(self._socket))

    def start(self) -> None:
        command = [
            program("redis-server"),
            "--port",
            "0",
            "--unixsocket",
            str(self._socket),
            "--save",
            "",
            "--logfile",
            str(self._log),
        ]
        self._process = subprocess.Popen([*command, "--dir", str(self._socket.parent)])  # our own words
        wait_until(self._answers, self._log.read_text)

    def kill(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def freeze(self) -> None:
        assert self._process
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._process
        self._process.send_signal(signal.SIGCONT)

    def _answers(self) -> bool:
        with self.client() as client:
            try:
                return bool(client.ping())
            except redis.ConnectionError:
                return False
