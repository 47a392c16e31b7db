#!/bin/sh
# Runs unmodified third-party clients against the sandboxes: one folder for each provider, named by its id.
#
# CLIENTS_OF: one provider's id; all folders if not given. Its sandbox is started with
# SANDBOX_COMMAND: prints one line of JSON with url, clientId and clientSecret; `--provider ID` is appended. Without it,
# STOCKBRIDGE_BIN or the built program. With CLIENTS_OF, a sandbox that is already running may be named instead:
# SANDBOX_URL, SANDBOX_CLIENT_ID, SANDBOX_CLIENT_SECRET.
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
stop() {
    if [ -n "$started" ]; then kill "$started" 2>/dev/null || true; wait "$started" 2>/dev/null || true; fi
    started=""
}
finish() { stop; rm -rf "$work"; }
trap finish EXIT
trap 'exit 130' INT TERM

field() { "$venv/bin/python" -c 'import json, sys; print(json.loads(open(sys.argv[1]).readline())[sys.argv[2]])' "$said" "$1"; }

start() { # provider
    said=$work/$1.json
    command=${SANDBOX_COMMAND:-}
    if [ -z "$command" ]; then
        program=${STOCKBRIDGE_BIN:-${CARGO_TARGET_DIR:-$root/target}/debug/stockbridge}
        [ -x "$program" ] || { say "$program is missing; build it with: make build"; exit 2; }
        command="$program sandbox --no-throttle --json"
    fi
    $command --provider "$1" >"$said" &
    started=$!
    tries=0
    until [ -s "$said" ]; do
        tries=$((tries + 1))
        kill -0 "$started" 2>/dev/null || { say "the sandbox did not start: $command --provider $1"; exit 2; }
        [ "$tries" -lt 300 ] || { say "the sandbox said nothing for 30 seconds: $command --provider $1"; exit 2; }
        sleep 0.1
    done
    SANDBOX_URL=$(field url)
    SANDBOX_CLIENT_ID=$(field clientId)
    SANDBOX_CLIENT_SECRET=$(field clientSecret)
}

run() { # provider; for pytest…
    provider=$1
    shift
    running=${SANDBOX_URL:-}
    [ -n "$running" ] || start "$provider"
    export SANDBOX_URL SANDBOX_CLIENT_ID SANDBOX_CLIENT_SECRET
    say "$provider"
    # 5: none of the chosen tests is this provider's.
    (cd "$here/$provider" && "$venv/bin/python" -m pytest -p no:cacheprovider "$@") || [ $? = 5 ] || failed=1
    if [ -z "$running" ]; then stop; unset SANDBOX_URL; fi
}

failed=0
if [ -n "${CLIENTS_OF:-}" ]; then
    run "$CLIENTS_OF" "$@"
else
    [ -z "${SANDBOX_URL:-}" ] || { say "whose sandbox is at $SANDBOX_URL? name it: CLIENTS_OF=…"; exit 2; }
    for folder in "$here"/*/conftest.py; do run "$(basename "$(dirname "$folder")")" "$@"; done
fi
exit "$failed"
