from __future__ import annotations

from pathlib import Path

from infra.processes.render_process import worker_environment


def test_a_render_process_gets_no_secret() -> None:
    ours = {
        "PATH": "/bin",
        "LC_ALL": "C.UTF-8",
        "SECRET_KEY": "s",
        "ADMIN_TOKEN": "t",
        "DATABASE_URL": "postgresql://u:p@h/d",
        "AWS_SECRET_ACCESS_KEY": "k",
        "MPLBACKEND": "TkAgg",
        "LD_PRELOAD": "x.so",
    }
    theirs = worker_environment(ours, Path("/data/cache"))
    assert theirs["PATH"] == "/bin"
    assert theirs["LC_ALL"] == "C.UTF-8"
    assert theirs["MPLBACKEND"] == "Agg"
    assert theirs["MPLCONFIGDIR"] == "/data/cache/matplotlib"
    assert not theirs.keys() & {"SECRET_KEY", "ADMIN_TOKEN", "DATABASE_URL", "AWS_SECRET_ACCESS_KEY", "LD_PRELOAD"}
