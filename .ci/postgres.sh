#!/bin/sh
# A PostgreSQL server for the tests, in a folder of its own, on loopback only.
#
#   .ci/postgres.sh start [FOLDER]   starts it and prints the URL for AUDITOR_TEST_POSTGRES
#   .ci/postgres.sh stop [FOLDER]    stops it and removes the folder
#
# FOLDER defaults to one under TMPDIR. PostgreSQL refuses to run as root: as root this runs it as
# the user postgres. Trust authentication is fit for a throw-away server on loopback, nothing else.
set -eu

action=${1:-}
folder=${2:-${TMPDIR:-/tmp}/auditor-postgres}
data=$folder/data

find_bin() {
    for initdb in "$(command -v initdb || true)" /usr/lib/postgresql/*/bin/initdb /usr/local/pgsql/bin/initdb; do
        if [ -x "$initdb" ]; then
            bin=$(dirname "$initdb")
        fi
    done
    if [ -z "${bin:-}" ]; then
        echo "PostgreSQL's initdb was not found; install the package postgresql." >&2
        exit 1
    fi
}

as_owner() {
    if [ "$(id -u)" -eq 0 ]; then
        runuser -u postgres -- "$@"
    else
        "$@"
    fi
}

# Removes a folder only where it is empty or was made by us.
clear_folder() {
    if [ -d "$folder" ] && [ -n "$(ls -A "$folder")" ] && [ ! -e "$folder/initdb.log" ]; then
        echo "$folder is not ours; name another folder." >&2
        exit 1
    fi
    rm -rf "$folder"
}

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

start() {
    find_bin
    if [ -s "$folder/url" ] && as_owner "$bin/pg_ctl" -D "$data" status >/dev/null 2>&1; then
        cat "$folder/url"
        return
    fi
    clear_folder
    mkdir -p "$folder"
    if [ "$(id -u)" -eq 0 ]; then
        chown postgres "$folder"
    fi
    cd "$folder"
    as_owner "$bin/initdb" -D "$data" --username=auditor --auth=trust --encoding=UTF8 --locale=C.UTF-8 \
        >"$folder/initdb.log" 2>&1 || { cat "$folder/initdb.log" >&2; exit 1; }
    port=$(free_port)
    # fsync off: the data are thrown away, and the tests make many databases.
    as_owner "$bin/pg_ctl" -D "$data" -w -t 60 -l "$data/server.log" \
        -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off -c max_connections=200" \
        start >/dev/null || { cat "$data/server.log" >&2; exit 1; }
    echo "postgresql+psycopg://auditor@127.0.0.1:$port/" >"$folder/url"
    cat "$folder/url"
}

stop() {
    find_bin
    if [ -d "$data" ]; then
        (cd "$folder" && as_owner "$bin/pg_ctl" -D "$data" -w -m immediate stop >/dev/null) || true
    fi
    clear_folder
}

case $action in
    start) start ;;
    stop) stop ;;
    *) echo "usage: $0 start|stop [FOLDER]" >&2; exit 2 ;;
esac
