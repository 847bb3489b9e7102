#!/usr/bin/env bash
# Installs what is missing and runs every test: unit tests, the built binary on SQLite and on PostgreSQL, and the pages
# in a real browser. Starts its own PostgreSQL in a temporary folder and leaves nothing running.
#
#   scripts/test.sh                            everything
#   scripts/test.sh -p motcua-tests --test api what `cargo test` takes, with PostgreSQL, without the browser
#   scripts/test.sh --browser                  the browser tests alone
#
# Debian and Ubuntu packages are installed with apt-get, as root or through sudo. Elsewhere install PostgreSQL 15 or
# newer, Chromium, Node 20 or newer with npm, and a C compiler, and run it again.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

what=all
case "${1:-}" in
  "") ;;
  --browser) what=browser ;;
  *) what=some ;;
esac

say() { printf '\n==> %s\n' "$*"; }
fail() { printf 'error: %s\n' "$*" >&2; exit 1; }

# --- what must be there -------------------------------------------------------------------------------------------

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

apt_updated=
install_packages() {
  command -v apt-get >/dev/null || fail "$* is missing and there is no apt-get; install it and run this again"
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || fail "$* is missing; install it as root: apt-get install $*"
  fi
  say "installing $*"
  if [ -z "$apt_updated" ]; then
    as_root apt-get update -qq || fail "apt-get update failed"
    apt_updated=yes
  fi
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null ||
    fail "apt-get could not install $*"
}

# The programs of the newest PostgreSQL on this machine, if it is new enough.
find_postgres() {
  local folder best=
  for folder in $(command -v pg_config >/dev/null && pg_config --bindir) /usr/lib/postgresql/*/bin; do
    if [ -x "$folder/initdb" ] && [ "$("$folder/postgres" --version | grep -oE '[0-9]+' | head -n 1)" -ge 15 ]; then
      best=$folder
    fi
  done
  [ -n "$best" ] && echo "$best"
}

find_chromium() {
  local name
  for name in "${MOTCUA_TEST_CHROMIUM:-}" chromium chromium-browser google-chrome-stable google-chrome; do
    [ -n "$name" ] && command -v "$name" && return 0
  done
  return 1
}

node_is_new_enough() {
  command -v node >/dev/null && [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ]
}

command -v cargo >/dev/null || fail "cargo is missing; install a Rust toolchain (rustup) first"
command -v cc >/dev/null || install_packages build-essential
command -v python3 >/dev/null || install_packages python3

if [ $what != browser ]; then
  if ! find_postgres >/dev/null; then
    install_packages postgresql
    # Debian's package starts a server of its own, which nobody asked for.
    for version in $(command -v pg_lsclusters >/dev/null && pg_lsclusters -h | awk '$4 ~ /online/ {print $1}'); do
      as_root pg_ctlcluster "$version" main stop || :
    done
  fi
  command -v psql >/dev/null || install_packages postgresql-client
  postgres_bin=$(find_postgres) || fail "PostgreSQL 15 or newer is needed"
  # Some tests start servers of their own, to kill them.
  export MOTCUA_TEST_POSTGRES_BIN=$postgres_bin
fi

if [ $what != some ]; then
  find_chromium >/dev/null || install_packages chromium fonts-noto-core
  MOTCUA_TEST_CHROMIUM=$(find_chromium) || fail "chromium is needed"
  export MOTCUA_TEST_CHROMIUM
  command -v node >/dev/null || install_packages nodejs npm
  command -v npm >/dev/null || install_packages npm
fi

# --- what this run starts, and stops ------------------------------------------------------------------------------

run_folder=$(mktemp -d "${TMPDIR:-/tmp}/motcua-test.XXXXXX")
mkdir "$run_folder/servers" "$run_folder/clusters"
export MOTCUA_TEST_RUN=$run_folder/servers
export MOTCUA_TEST_CLUSTERS=$run_folder/clusters
postgres_user=()

stop_everything() {
  local status=$? file pid
  trap - EXIT INT TERM
  # Servers whose test was killed before it could stop them; each left its process id here.
  for file in "$run_folder"/servers/*; do
    [ -e "$file" ] || continue
    pid=${file##*/}
    if [ "$(readlink "/proc/$pid/exe" 2>/dev/null)" = "${MOTCUA_TEST_BINARY:-none}" ]; then kill -9 "$pid" 2>/dev/null || :; fi
  done
  for file in "$run_folder"/postgres/data/postmaster.pid "$run_folder"/clusters/*/data/postmaster.pid; do
    [ -f "$file" ] || continue
    (cd / && "${postgres_user[@]}" "$postgres_bin/pg_ctl" -D "${file%/*}" -m immediate -w stop >/dev/null) || :
  done
  rm -rf "$run_folder"
  exit "$status"
}
trap stop_everything EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

start_postgres() {
  local folder=$run_folder/postgres password port attempt
  mkdir "$folder"
  # PostgreSQL refuses to run as root.
  if [ "$(id -u)" = 0 ]; then
    local user=nobody
    if id postgres >/dev/null 2>&1; then user=postgres; fi
    chmod 755 "$run_folder"
    chown "$user" "$folder"
    postgres_user=(runuser -u "$user" --)
    export MOTCUA_TEST_POSTGRES_USER=$user
  fi
  password=$(head -c 16 /dev/urandom | od -An -tx1 | tr -d ' \n')
  echo "$password" >"$run_folder/password"
  chmod 644 "$run_folder/password"
  (cd / && "${postgres_user[@]}" "$postgres_bin/initdb" -D "$folder/data" -U motcua -A scram-sha-256 \
    --pwfile="$run_folder/password" -E UTF8 --locale=C.UTF-8 >"$run_folder/initdb.log" 2>&1) ||
    { cat "$run_folder/initdb.log" >&2; fail "initdb failed"; }
  rm "$run_folder/password"
  for attempt in 1 2 3 4 5; do
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    # The data are thrown away, so the disk need not be waited for. Its own crashes are not what is tested here.
    if (cd / && "${postgres_user[@]}" "$postgres_bin/pg_ctl" -D "$folder/data" -l "$folder/log" -w -o \
      "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off -c max_connections=200" \
      start >/dev/null 2>&1); then
      export MOTCUA_TEST_POSTGRES="postgres://motcua:$password@127.0.0.1:$port/postgres"
      return
    fi
  done
  cat "$folder/log" >&2
  fail "PostgreSQL did not start (attempt $attempt)"
}

# --- the tests ----------------------------------------------------------------------------------------------------

say "building"
cargo build --workspace --locked
MOTCUA_TEST_BINARY=$(cargo metadata --format-version 1 --no-deps --locked |
  python3 -c 'import json, sys; print(json.load(sys.stdin)["target_directory"])')/debug/motcua
export MOTCUA_TEST_BINARY
[ -x "$MOTCUA_TEST_BINARY" ] || fail "the build left no $MOTCUA_TEST_BINARY"

if [ $what != browser ]; then
  say "starting PostgreSQL ($("$postgres_bin/postgres" --version))"
  start_postgres
  say "testing"
  # Not nextest: its process per test would start one server per test where `cargo test` shares one per file.
  cargo test --workspace --locked "$@"
fi

if [ $what != some ]; then
  say "testing the pages in $("$MOTCUA_TEST_CHROMIUM" --version 2>/dev/null | head -n 1)"
  (cd tests/browser && npm ci --silent --no-audit --no-fund) || fail "npm ci failed in tests/browser"
  node=node
  if ! node_is_new_enough; then
    # Debian 12 has Node 18; playwright wants 20.
    say "fetching a newer Node than $(node --version)"
    case "$(uname -m)" in aarch64) arch=arm64 ;; *) arch=x64 ;; esac
    (cd tests/browser && npm install --silent --no-save --no-audit --no-fund "node-linux-$arch@20")
    node=node_modules/node-linux-$arch/bin/node
  fi
  (cd tests/browser && "$node" --test --test-concurrency=1 --test-reporter=spec)
fi

say "all tests passed"
