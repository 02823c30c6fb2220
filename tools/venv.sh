#!/usr/bin/env bash
# Make .venv with a Python of at least 3.11; on Debian the venv module may have to be installed first.
set -euo pipefail
python=${1:-python3}

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "Mural needs Python 3.11 or newer; $python is $("$python" --version 2>&1)." >&2
    exit 1
}
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null
    else
        echo "Python's venv module is missing: install the package python3-venv." >&2
        exit 1
    fi
fi
echo "Making .venv ..."
"$python" -m venv .venv
