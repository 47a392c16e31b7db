#!/bin/sh
# Runs unmodified third-party clients against the QuickBooks sandbox.
#
# SANDBOX_URL, SANDBOX_CLIENT_ID, SANDBOX_CLIENT_SECRET: a sandbox that is already running; or else
# SANDBOX_COMMAND: what starts one and prints one line of JSON with url, clientId and clientSecret.
# Without either, STOCKBRIDGE_BIN or the built program.
# Further arguments go to pytest.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
venv=${CLIENTS_VENV:-$root/.venv/clients}
say() { echo "tests/clients: $*" >&2; }

if [ ! -x "$venv/bin/pytest" ] || [ "$here/requirements.txt" -nt "$venv/.installed" ]; then
    python3 -m venv "$venv" || { say "needs python3 with its venv module (package python3-venv)"; exit 2; }
    "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt" ||
        { say "could not install the packages of requirements.txt; is a package index reachable?"; exit 2; }
    touch "$venv/.installed"
fi

started=""
work=$(mktemp -d)
finish() {
    if [ -n "$started" ]; then kill "$started" 2>/dev/null || true; wait "$started" 2>/dev/null || true; fi
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

if [ -z "${SANDBOX_URL:-}" ]; then
    command=${SANDBOX_COMMAND:-}
    if [ -z "$command" ]; then
        program=${STOCKBRIDGE_BIN:-${CARGO_TARGET_DIR:-$root/target}/debug/stockbridge}
        [ -x "$program" ] || { say "$program is missing; build it with: make build"; exit 2; }
        command="$program sandbox --no-throttle --json"
    fi
    $command >"$work/sandbox.json" &
    started=$!
    tries=0
    until [ -s "$work/sandbox.json" ]; do
        tries=$((tries + 1))
        kill -0 "$started" 2>/dev/null || { say "the sandbox did not start: $command"; exit 2; }
        [ "$tries" -lt 300 ] || { say "the sandbox said nothing for 30 seconds: $command"; exit 2; }
        sleep 0.1
    done
    field() { "$venv/bin/python" -c 'import json, sys; print(json.loads(open(sys.argv[1]).readline())[sys.argv[2]])' "$work/sandbox.json" "$1"; }
    SANDBOX_URL=$(field url)
    SANDBOX_CLIENT_ID=$(field clientId)
    SANDBOX_CLIENT_SECRET=$(field clientSecret)
fi
export SANDBOX_URL SANDBOX_CLIENT_ID SANDBOX_CLIENT_SECRET
cd "$here"
"$venv/bin/python" -m pytest -p no:cacheprovider "$@"
