"""The render processes that are kept warm: lend one to a job, take it back, replace it when it is of no more use.

There are two lanes, each with processes of its own: posters never make somebody who moves the live preview wait. Every
process that is killed, crashed or used up is replaced at once in the background; processes that fail to start are tried
again ever more slowly, and status() says why.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from infra.background import Background
from infra.processes.cancellation import CancelToken
from infra.processes.render_process import RenderProcess, WorkerCommand
from mural.errors import Cancelled, MuralError, RenderCrashed, Unavailable
from mural.worker.protocol import Progress, RenderRequest, RenderResult

LaneName = Literal["jobs", "interactive"]

START_TIMEOUT_S: Final = 60.0
INTERACTIVE_TIMEOUT_S: Final = 30.0
INTERACTIVE_MEMORY_MB: Final = 1500
"""A live preview has 800 px of width; what it needs is mostly the map itself."""

MAX_JOBS: Final = 100
"""After so many pictures a process is replaced, so that what libraries leak stays small."""

MAX_RESTING_MB: Final = 700.0
"""A process that holds more than this after its job is replaced: what it does not give back nobody else can use."""

FAILURES_BEFORE_REFUSING: Final = 3
LONGEST_BACKOFF_S: Final = 30.0


@dataclass(eq=False)
class Lane:
    """The processes for one kind of work: ``size`` of them, alive or on their way."""

    name: LaneName
    size: int
    memory_mb: int
    niceness: int
    timeout_s: float
    idle: list[RenderProcess] = field(default_factory=list)
    live: set[RenderProcess] = field(default_factory=set)
    busy: int = 0
    failures: int = 0
    trouble: str = ""

    @property
    def backoff_s(self) -> float:
        """Tell how long to wait before another start, given how many have failed in a row."""
        return min(LONGEST_BACKOFF_S, 0.25 * 2**self.failures) if self.failures else 0.0

    @property
    def limits(self) -> tuple[str, ...]:
        """Write the limits of its processes as their arguments."""
        return ("--memory-mb", str(self.memory_mb), "--nice", str(self.niceness))


class RenderPool:
    """Lends warm render processes to jobs."""

    def __init__(
        self,
        *,
        workers: int,
        previews: int = 1,
        background: Background,
        command: WorkerCommand,
        timeout_s: float,
        memory_mb: int,
        log: logging.Logger | None = None,
    ) -> None:
        self._background = background
        self._command = command
        self._log = log or logging.getLogger(__name__)
        self._changed = threading.Condition()
        self._stopping = True
        self._crashes = 0
        # Posters step back behind the web server (nice 10); a person waits for the live preview (nice 2).
        jobs = Lane("jobs", workers, memory_mb, 10, timeout_s)
        interactive = Lane(
            "interactive", previews, min(memory_mb, INTERACTIVE_MEMORY_MB), 2, min(timeout_s, INTERACTIVE_TIMEOUT_S)
        )
        self._lanes: dict[LaneName, Lane] = {lane.name: lane for lane in (jobs, interactive) if lane.size}

    def start(self) -> None:
        """Start all processes in the background; work that comes before they are warm waits for them."""
        self._stopping = False
        for lane in self._lanes.values():
            for _ in range(lane.size):
                self._background.start_background_task(self._fill, lane)

    def stop(self) -> None:
        """End all processes; whoever waits for a picture gets Unavailable."""
        with self._changed:
            self._stopping = True
            for lane in self._lanes.values():
                while lane.idle:
                    self._replace(lane, lane.idle.pop())
                # Those at work or warming up are buried by the thread that waits for them.
                for process in lane.live:
                    process.kill()
            self._changed.notify_all()
        deadline = time.monotonic() + 5
        while any(lane.live for lane in self._lanes.values()) and time.monotonic() < deadline:
            self._background.sleep(0.01)

    def render(
        self,
        request: RenderRequest,
        on_progress: Callable[[Progress], None],
        cancelled: CancelToken,
        lane: LaneName = "jobs",
    ) -> RenderResult:
        """Have a picture drawn, waiting for a free process first.

        Raises what went wrong in the render process, or Cancelled, RenderTimeout, RenderCrashed, Unavailable.
        """
        chosen = self._lanes[lane]
        process = self._lease(chosen, cancelled)
        try:
            with cancelled.watched(process.kill):
                return process.run(request, on_progress, chosen.timeout_s)
        except RenderCrashed as error:
            # The kill was ours: the process did not crash, and another attempt would be wrong.
            if cancelled.cancelled:
                raise _cancelled() from None
            if self._stopping:
                raise _stopping() from None
            self._crashes += 1
            self._log.warning("Render process %d lost job %s: %s", process.pid, request.job_id, error)
            raise
        finally:
            self._give_back(chosen, process)

    def status(self) -> dict[str, Any]:
        """Describe the pool for /health and /status: ok, starting, degraded or stopped, and what each lane has."""
        with self._changed:
            lanes = {
                lane.name: {
                    "size": lane.size,
                    "idle": len(lane.idle),
                    "busy": lane.busy,
                    "pids": sorted(process.pid for process in lane.live),
                    "trouble": lane.trouble,
                }
                for lane in self._lanes.values()
            }
            return {"status": self._word(), "crashes": self._crashes, "lanes": lanes}

    def _word(self) -> str:
        lanes = self._lanes.values()
        if self._stopping:
            return "stopped"
        if any(lane.trouble for lane in lanes):
            return "degraded"
        return "ok" if all(lane.idle or lane.busy for lane in lanes) else "starting"

    def _lease(self, lane: Lane, cancelled: CancelToken) -> RenderProcess:
        with cancelled.watched(self._wake), self._changed:
            while True:
                if cancelled.cancelled:
                    raise _cancelled()
                if self._stopping:
                    raise _stopping()
                while lane.idle:
                    # The one that rested least: its caches are the warmest.
                    process = lane.idle.pop()
                    if process.alive:
                        lane.busy += 1
                        return process
                    self._replace(lane, process)
                if lane.failures >= FAILURES_BEFORE_REFUSING and not lane.busy:
                    raise Unavailable(f"The render processes do not start: {lane.trouble}")
                self._changed.wait()

    def _give_back(self, lane: Lane, process: RenderProcess) -> None:
        with self._changed:
            lane.busy -= 1
            if process.reusable:
                lane.failures = 0
            worn_out = process.jobs_done >= MAX_JOBS or process.resident_mb() > MAX_RESTING_MB
            if process.reusable and not worn_out:
                lane.idle.append(process)
                self._changed.notify_all()
            else:
                self._replace(lane, process)

    def _replace(self, lane: Lane, process: RenderProcess) -> None:
        process.kill()
        self._background.start_background_task(self._bury, lane, process)
        if not self._stopping:
            self._background.start_background_task(self._fill, lane)

    def _bury(self, lane: Lane, process: RenderProcess) -> None:
        process.reap()
        with self._changed:
            lane.live.discard(process)

    def _fill(self, lane: Lane) -> None:
        """Bring one more process into the lane, however many attempts that takes."""
        while not self._paused(lane.backoff_s):
            try:
                process = self._started(lane)
            except (OSError, MuralError) as error:
                self._note_failure(lane, str(error))
                continue
            with self._changed:
                if self._stopping:
                    # It got warm in the very moment in which stop() killed it.
                    self._replace(lane, process)
                    return
                lane.idle.append(process)
                lane.trouble = ""
                self._changed.notify_all()
            return

    def _started(self, lane: Lane) -> RenderProcess:
        process = RenderProcess(self._command, lane.limits, self._background, self._log, self._noticed_exit)
        with self._changed:
            lane.live.add(process)
            if self._stopping:
                process.kill()
        try:
            process.await_ready(START_TIMEOUT_S)
        except MuralError:
            process.kill()
            self._bury(lane, process)
            raise
        return process

    def _note_failure(self, lane: Lane, trouble: str) -> None:
        with self._changed:
            if self._stopping:
                return
            lane.failures += 1
            lane.trouble = trouble
            self._changed.notify_all()
        self._log.error("A render process (%s) failed to start: %s", lane.name, trouble)

    def _noticed_exit(self, process: RenderProcess) -> None:
        """Replace a process that died while nobody was using it."""
        with self._changed:
            for lane in self._lanes.values():
                if process in lane.idle and not self._stopping:
                    lane.idle.remove(process)
                    lane.failures += 1
                    lane.trouble = "A render process ended while it had nothing to do."
                    self._replace(lane, process)

    def _paused(self, seconds: float) -> bool:
        """Wait, unless the pool stops meanwhile; tell whether it does."""
        with self._changed:
            return self._changed.wait_for(lambda: self._stopping, timeout=seconds)

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()


def _cancelled() -> Cancelled:
    return Cancelled("The picture was cancelled.")


def _stopping() -> Unavailable:
    return Unavailable("The server is stopping.")
