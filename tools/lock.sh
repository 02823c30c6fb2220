#!/usr/bin/env bash
# Write every package of the dependency trees, exactly pinned, into requirements*.txt.
set -euo pipefail
.venv/bin/python -m pip install --quiet pip-tools
for name in requirements requirements-dev; do
    .venv/bin/pip-compile --quiet --strip-extras --no-annotate --no-header --no-emit-index-url --no-emit-find-links \
        --no-emit-trusted-host "$name.in" --output-file "$name.txt"
done
