"""What the tests themselves need."""

from __future__ import annotations

import subprocess
import sys

from tests.support.real_parts import ROOT


def test_only_tests_that_drive_a_browser_need_its_package() -> None:
    script = (
        "import sys, tests.conftest, tests.unit.conftest, tests.routes.conftest; sys.exit('playwright' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False).returncode == 0
