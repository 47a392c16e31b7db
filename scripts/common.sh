# What all scripts here share. Source it from the repository's root.
# Rule: a failure is one line on standard error: what is wrong, then what to do.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
ROOT=$PWD

# Tools that were installed for this folder alone come first.
TOOLS="$ROOT/.tools"
export PATH="$TOOLS/node/bin:$ROOT/.venv/beancount/bin:$PATH"
[ ! -x "$HOME/.cargo/bin/cargo" ] || export PATH="$HOME/.cargo/bin:$PATH"
export CARGO_TERM_COLOR="${CARGO_TERM_COLOR:-auto}"
# A second try is enough to tell a hiccup from having no network.
export npm_config_fetch_retries=1 npm_config_fetch_retry_mintimeout=1000 npm_config_update_notifier=false
export npm_config_audit=false npm_config_fund=false
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PIP_RETRIES=1

# Same packages and features for demo and tests, so that nothing is compiled twice.
BUILD_PROGRAM=(cargo build --locked --workspace --bin stockbridge)

# Standard output belongs to the program that is built.
say() { printf '%s\n' "$*" >&2; }

fail() { # what is wrong; what to do
  printf 'stockbridge: %s: %s\n' "$1" "$2" >&2
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

is_root() { [ "$(id -u)" = 0 ]; }

# Absolute, since some steps run in another folder.
program() {
  case ${CARGO_TARGET_DIR:-} in
    "") printf '%s/target/debug/stockbridge' "$ROOT" ;;
    /*) printf '%s/debug/stockbridge' "$CARGO_TARGET_DIR" ;;
    *) printf '%s/%s/debug/stockbridge' "$ROOT" "$CARGO_TARGET_DIR" ;;
  esac
}

require_writable() { # folders
  local folder probe
  for folder in "$@"; do
    mkdir -p "$folder" 2>/dev/null &&
      probe=$(mktemp "$folder/.probe-XXXXXX" 2>/dev/null) && rm -f "$probe" ||
      fail "$(cd "$folder" 2>/dev/null && pwd || echo "$folder") cannot be written" "give this user the right to, or work in a copy of the folder that may be written"
  done
}

# Runs a step quietly. On failure says in one line what is wrong where that is known, and shows the end of the log where not.
quietly() { # what it does; command…
  local what=$1 log
  shift
  log=$(mktemp)
  say "… $what"
  if "$@" >"$log" 2>&1 </dev/null; then
    rm -f "$log"
    return 0
  fi
  local known
  known=$(explain "$log")
  [ -n "$known" ] || tail -n 30 "$log" >&2
  rm -f "$log"
  case $known in
    network) fail "$what failed, the network cannot be reached" "connect this machine (or set HTTPS_PROXY), then run the same command again" ;;
    disk) fail "$what failed, the disk is full" "free some space (a build needs about 6 GB), then run the same command again" ;;
    readonly) fail "$what failed, a file could not be written" "give this user the right to write here and in its home folder" ;;
    *) fail "$what failed" "the lines above say why" ;;
  esac
}

explain() { # log
  if grep -qiE 'ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|could not resolve|failed to resolve|name or service not known|name resolution|network is unreachable|connection (timed out|refused)|failed to download|download of .* failed|Failed to establish a new connection|Unable to fetch|Failed to fetch' "$1"; then
    echo network
  elif grep -qiE 'ENOSPC|no space left' "$1"; then
    echo disk
  elif grep -qiE 'EROFS|EACCES|read-only file system|permission denied' "$1"; then
    echo readonly
  fi
}

apt_install() { # what for; packages…
  local what=$1
  shift
  have apt-get || fail "$what is missing" "install it with this system's package manager"
  is_root || fail "$what is missing" "run: sudo apt-get install -y $*"
  if [ -z "$(find "$TOOLS/apt-updated" -mtime -1 2>/dev/null)" ]; then
    quietly "reading the package lists" apt-get update
    mkdir -p "$TOOLS" && touch "$TOOLS/apt-updated"
  fi
  quietly "installing $*" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"
}
