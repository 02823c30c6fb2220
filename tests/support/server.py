"""The whole program, started as people start it, on a free port and in a data folder of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import requests

from tests.support.library_client import SimpleClient
from tests.support.real_parts import PREPARED_DIR, ROOT, free_port
from tests.support.waiting import wait_until
from tests.support.warm import WarmProcess

MODES: Final = ("eventlet", "gevent", "threading")
"""The kinds of threads that a server can run on: values of ASYNC_MODE."""

HELSINKI: Final[dict[str, Any]] = {
    "city": "Helsinki",
    "country": "Finland",
    "theme": "noir",
    "latitude": 60.1715,
    "longitude": 24.9443,
    "distance": 500,
}
"""A poster that every machine can make: the sample covers it."""


def prepare_data_dir(data_dir: Path) -> None:
    """Lend the fonts and the gazetteer of set-up to a fresh data folder."""
    data_dir.mkdir(parents=True, exist_ok=True)
    for name in ("fonts", "gazetteer.db"):
        link = data_dir / name
        if not link.exists():
            link.symlink_to(PREPARED_DIR / name)


def environment(data_dir: Path, port: int, **settings: str) -> dict[str, str]:
    """Make the environment of a server: its settings, and nothing of ours but what every program needs."""
    passed = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    return passed | {"DATA_DIR": str(data_dir), "PORT": str(port)} | settings


def refused_start(data_dir: Path, port: int | None = None, **settings: str) -> str:
    """Start a server that cannot come up, and tell what it says."""
    ended = subprocess.run(
        [sys.executable, "wsgi.py"],
        cwd=ROOT,
        env=environment(data_dir, port or free_port(), **settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 1, ended.stderr
    return ended.stderr


def children(pid: int) -> list[int]:
    """List the processes that a process has started."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]


def runs(pid: int) -> bool:
    """Tell whether a process lives; one that has ended may wait for whoever adopted it to take notice."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


class Server:
    """A running Mural; ``kill`` and ``start`` may alternate, and the data folder stays.

    One that is ``cold`` is started as people start it; others become the same by a fork that has loaded everything.
    """

    def __init__(
        self, data_dir: Path, *, program: tuple[str, ...] = ("wsgi.py",), cold: bool = False, **settings: str
    ) -> None:
        prepare_data_dir(data_dir)
        self.data_dir = data_dir
        self.port = free_port()
        self.log_file = data_dir.with_name(f"{data_dir.name}.log")  # not in a folder that tests fill up or throw away
        self._program = program
        self._cold = cold
        self._settings = {
            "RATE_LIMIT_POSTERS": "1000 per minute",
            "ADDRESS_QUEUE": "100000",
            "RATE_LIMIT_WORK": "100000 per minute",  # all clients of a test are one address
            "CONNECTIONS_PER_ADDRESS": "1000000",
            "MAP_SOURCE": "auto",
            "OVERPASS_URL": "off",
        } | settings
        self._process: subprocess.Popen[bytes] | WarmProcess | None = None
        self._wishes = 0
        self.start()

    @property
    def base_url(self) -> str:
        """Where it answers, its prefix included."""
        return f"http://127.0.0.1:{self.port}{self._settings.get('URL_PREFIX', '')}"

    @property
    def api(self) -> str:
        """The root of its REST interface."""
        return f"{self.base_url}/api/v1"

    @property
    def pid(self) -> int:
        """The id of its process."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start it and wait until it answers."""
        environ = environment(self.data_dir, self.port, **self._settings)
        if self._cold:
            with self.log_file.open("ab") as log:
                command = [sys.executable, *self._program]
                self._process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=log, stderr=log)
        else:
            self.log_file.touch()
            self._process = WarmProcess(self._program, environ, self.log_file)
        try:
            wait_until(self._is_up, self.log)
        except AssertionError:
            self.kill()
            raise

    def _is_up(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, f"the server did not come up:\n{self.log()}"
        with suppress(requests.ConnectionError):
            return requests.get(f"{self.api}/health", timeout=30).ok
        return False

    def log(self) -> str:
        """Return what it has logged."""
        return self.log_file.read_text(encoding="utf-8", errors="replace")

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> int | None:
        """Ask it to end, wait until it has, and tell its exit code; None when it was not running."""
        return self._end(signal.SIGTERM)

    def send(self, how: signal.Signals) -> None:
        """Send it a signal and wait for nothing."""
        os.kill(self.pid, how)

    def wait(self) -> int:
        """Wait until it has ended by itself, and tell its exit code."""
        assert self._process is not None
        code = self._process.wait(60)
        self._process = None
        return code

    def _end(self, how: signal.Signals) -> int | None:
        if self._process is None:
            return None
        self._process.send_signal(how)
        return self.wait()

    @contextmanager
    def drawing_stopped(self) -> Iterator[None]:
        """Let its render processes stand still, so that a job stays where it is for as long as that takes."""
        drawing = children(self.pid)
        for pid in drawing:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in drawing:
                with suppress(ProcessLookupError):  # its job was stopped
                    os.kill(pid, signal.SIGCONT)

    def wait_until_idle(self) -> None:
        """Wait until no poster is on its way, so that none comes that a test does not expect."""
        wait_until(lambda: not requests.get(f"{self.api}/stats", timeout=30).json()["active_jobs"], self.log)

    def client(self, *, cookie: str = "", **options: Any) -> SimpleClient:
        """Connect a Socket.IO client as a program would."""
        client = SimpleClient(**options)
        client.connect(
            f"http://127.0.0.1:{self.port}",
            headers={"Cookie": cookie} if cookie else {},
            transports=["websocket"],
            socketio_path=f"{self._settings.get('URL_PREFIX', '')}/socket.io",
        )
        return client

    def submit(self, session: requests.Session | None = None, **changes: Any) -> dict[str, Any]:
        """Ask for the sample poster, with changes."""
        answer = (session or requests).post(f"{self.api}/posters", json=HELSINKI | changes, timeout=30)
        assert answer.status_code in {200, 202}, answer.text
        body: dict[str, Any] = answer.json()
        return body

    def submit_new(self, session: requests.Session | None = None, **changes: Any) -> dict[str, Any]:
        """Ask for a poster that nobody has asked this server for before."""
        self._wishes += 1
        return self.submit(session, texts={"title": f"Helsinki {self._wishes}"}, **changes)

    def job(self, job_id: str) -> dict[str, Any]:
        """Ask for the state of a job."""
        body: dict[str, Any] = requests.get(f"{self.api}/jobs/{job_id}", timeout=30).json()
        return body

    def wait_for(self, job_id: str, *states: str) -> dict[str, Any]:
        """Wait until a job is in one of the states."""

        def look() -> dict[str, Any] | None:
            job = self.job(job_id)
            return job if job["status"] in states else None

        return wait_until(look, lambda: f"{self.job(job_id)}\n{self.log()}")


class QuickServer(Server):
    """A running Mural in which drawing takes no time, unless a test is ``holding`` it."""

    def __init__(self, data_dir: Path, *, cold: bool = False, **settings: str) -> None:
        super().__init__(data_dir, program=("-m", "tests.support.quick_server"), cold=cold, **settings)

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Let no drawing end until the block does."""
        hold = self.data_dir / "hold"
        hold.touch()
        try:
            yield
        finally:
            hold.unlink()

    def begun(self) -> list[str]:
        """List the ids of the jobs whose drawing was begun, in their order."""
        return self._noted("begun")

    def drawn(self) -> list[str]:
        """List the ids of the jobs that were drawn, in their order."""
        return self._noted("drawn")

    def _noted(self, what: str) -> list[str]:
        notes = self.data_dir / what
        return notes.read_text("ascii").splitlines() if notes.exists() else []
