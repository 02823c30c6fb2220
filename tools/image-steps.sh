#!/usr/bin/env bash
# The steps of the container image, one by one; the Dockerfile calls them by name.
#   tools/image-steps.sh all FOLDER    goes through all of them in an empty folder and makes a poster with what comes out,
#                                      for machines on which no container engine runs
set -euo pipefail

packages() { # the Python packages, in a virtual environment of the folder
    "${PYTHON:-python3}" -m venv .venv
    .venv/bin/python -m pip install --quiet --no-cache-dir --disable-pip-version-check --requirement requirements.txt
}

web() { # the browser's libraries, into static/vendor
    npm ci --omit=dev --silent --no-fund --no-audit
    npm run --silent vendor
}

prepare() { # the fonts for lettering and the index of places, into data
    .venv/bin/python -m mural.render.prepare_fonts node_modules data/fonts
    .venv/bin/python -m mural.geo.gazetteer data/gazetteer.db
}

healthy() { # what the image's HEALTHCHECK asks
    .venv/bin/python -c '
import os, urllib.request
address = "http://127.0.0.1:" + os.environ.get("PORT", "8000") + os.environ.get("URL_PREFIX", "") + "/api/v1/health"
urllib.request.urlopen(address, timeout=4)'
}

all() {
    local source folder=${1:?name an empty folder}
    source=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
    mkdir -p "$folder"
    [ -z "$(ls -A "$folder")" ] || { echo "$folder is not empty." >&2; exit 1; }
    git -C "$source" ls-files -z -- . ':!tests' ':!docs' ':!bench' |
        tar -C "$source" --create --null --files-from=- | tar -C "$folder" --extract
    cd "$folder"
    for step in packages web prepare; do
        echo "-- $step"
        "$step"
    done
    rm -rf node_modules
    serve_once
    du -sh .venv static data
}

serve_once() { # start on an empty volume, as a container would, make a poster and stop again
    local server as=()
    export DATA_DIR=$PWD/volume PORT=${PORT:-8765} HOST=127.0.0.1 PYTHONDONTWRITEBYTECODE=1
    mkdir -p "$DATA_DIR"
    if [ "$(id -u)" = 0 ]; then # the image's user, too, owns the volume and nothing else
        chmod a+rx .
        chown 65534:65534 "$DATA_DIR"
        as=(setpriv --reuid=65534 --regid=65534 --clear-groups)
    fi
    "${as[@]}" .venv/bin/python wsgi.py &
    server=$!
    trap 'kill "$server" 2>/dev/null || true' EXIT
    for _ in $(seq 60); do
        if healthy 2>/dev/null; then
            makes_a_poster
            kill "$server"
            wait "$server"
            trap - EXIT
            echo "It starts, is healthy, makes a poster, and stops well."
            return
        fi
        sleep 0.5
    done
    echo "It did not become healthy." >&2
    exit 1
}

makes_a_poster() { # of the sample, in letters that set-up has not prepared
    .venv/bin/python -c '
import json, os, time, urllib.request
api = "http://127.0.0.1:" + os.environ["PORT"] + "/api/v1"
wish = {"city": "Helsinki", "country": "Finland", "theme": "noir", "distance": 500, "texts": {"title": "\u6771\u4eac"}}
wish |= {"latitude": 60.1715, "longitude": 24.9443}
asked = urllib.request.Request(api + "/posters", json.dumps(wish).encode(), {"Content-Type": "application/json"})
job = json.load(urllib.request.urlopen(asked))
while job["status"] in ("pending", "processing"):
    time.sleep(0.5)
    job = json.load(urllib.request.urlopen(api + "/jobs/" + job["job_id"]))
assert job["status"] == "completed", job'
}

"$@"
