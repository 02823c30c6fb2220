#!/usr/bin/env bash
# The real programs that the tests talk to. Root on Debian installs what is missing; others are told, and those tests skip.
set -euo pipefail

# The same Chromium without windows burns a quarter; where it cannot be had, the one with windows does.
light=chromium-headless-shell
missing=()
[ -x "/usr/bin/$light" ] || missing+=("$light")
command -v redis-server >/dev/null || missing+=(redis-server)
compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || missing+=(postgresql)
command -v pdfinfo >/dev/null || missing+=(poppler-utils)
[ -x /usr/sbin/nginx ] || missing+=(nginx-light)
[ ${#missing[@]} -gt 0 ] || exit 0

enough() { [ "${missing[*]}" = "$light" ] && [ -x /usr/bin/chromium ]; }

install_missing() {
    echo "Installing ${missing[*]} ..."
    apt-get update -qq || return
    apt-cache show "$light" >/dev/null 2>&1 || missing=("${missing[@]/$light/chromium}")
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}" >/dev/null
}

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    install_missing || enough || exit 1
elif ! enough; then
    echo "Tests that need ${missing[*]} will be skipped; install them to run those too." >&2
fi
