# SPDX-License-Identifier: Apache-2.0
"""What ordinary services do in a container, from the first start to the last stop: data for quiet_life.py.

The entrypoint scripts do what those of the well-known images do: adjust a configuration, hand over a directory, change
to the service's user, make a database on the first start, then become the service.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field
from typing import Any

from harness.image import SEARCH_PATH, ImageFile

_HTTP = "http://localhost/"


@dataclass(frozen=True)
class Act:
    """A command that somebody runs in the container (docker exec, without a terminal), or a signal to its service."""

    argv: tuple[str, ...] = ()
    user: str = ""
    says: str = ""  # text that the command has to print, so that a life cannot pass that was none
    signal: str = ""
    patience_s: int = 0  # how long the command is repeated until it says so


@dataclass(frozen=True)
class Service:
    name: str
    program: str  # whose execution must have been seen in this container
    settings: dict[str, Any]  # of the container, as the engine's API has them
    acts: tuple[Act, ...]
    again: Act  # shows that the service works, also after it was stopped and started again
    files: tuple[ImageFile, ...] = field(default=())
    unprivileged: bool = False  # no root, and a root file system that is read-only


def _script(path: str, text: str) -> ImageFile:
    return ImageFile(path, textwrap.dedent(text).lstrip(), 0o755)


def _run(*argv: str, says: str = "", user: str = "") -> Act:
    return Act(argv, user, says)


def _settings(cmd: list[str], health: list[str], **more: Any) -> dict[str, Any]:
    second_ns = 1_000_000_000
    return {"Cmd": cmd, "Healthcheck": {"Test": health, "Interval": second_ns, "Timeout": 20 * second_ns,
                                        "Retries": 30}, **more}


def _nginx() -> Service:
    entry = _script("/opt/nginx-image/docker-entrypoint.sh", """
        #!/bin/sh
        set -e
        find /docker-entrypoint.d -type f | sort | while read -r step; do "$step"; done
        exec "$@"
        """)
    listen = _script("/docker-entrypoint.d/10-listen.sh", """
        #!/bin/sh
        set -e
        file=/etc/nginx/sites-available/default
        [ -w "$file" ] || exit 0
        sed -i -e 's/listen 80 default_server;/listen 80 default_server backlog=64;/' "$file"
        echo "worker_processes=$(nproc)" > /tmp/tuning
        """)
    get = _run("curl", "-fsS", _HTTP, says="Welcome to nginx")
    acts = (get, _run("curl", "-sS", _HTTP + "none", says="404"), _run("curl", "-fsSI", _HTTP, says="200 OK"),
            *[get] * 5, _run("nginx", "-t", says="successful"), _run("nginx", "-s", "reload"), get, Act(signal="HUP"),
            _run("mv", "/var/log/nginx/access.log", "/var/log/nginx/access.log.1"), _run("nginx", "-s", "reopen"), get,
            Act(("tail", "-n", "1", "/var/log/nginx/access.log"), says="GET /", patience_s=10),
            _run("gzip", "/var/log/nginx/access.log.1"), _run("cat", "/var/log/nginx/error.log"), Act(signal="USR1"))
    return Service("nginx", "nginx",
                   _settings(["nginx", "-g", "daemon off;"], ["CMD-SHELL", f"curl -fsS {_HTTP} >/dev/null || exit 1"],
                             Entrypoint=["/opt/nginx-image/docker-entrypoint.sh"], StopSignal="SIGQUIT"),
                   acts, get, (entry, listen))


def _redis() -> Service:
    entry = _script("/opt/redis-image/docker-entrypoint.sh", r"""
        #!/bin/sh
        set -e
        if [ "$1" = redis-server ] && [ "$(id -u)" = 0 ]; then
            find . \! -user redis -exec chown redis '{}' +
            exec setpriv --reuid=redis --regid=redis --clear-groups -- "$0" "$@"
        fi
        umask 077
        exec "$@"
        """)
    ask = ("redis-cli",)
    get = _run(*ask, "get", "greeting", says="hello")
    acts = (_run(*ask, "set", "greeting", "hello", says="OK"), get,
            _run(*ask, "eval", "return redis.call('incr', KEYS[1])", "1", "count", says="1"),
            _run("redis-benchmark", "-q", "-n", "2000", "-t", "set,get,lpush", says="requests per second"),
            _run(*ask, "bgsave", says="started"), Act((*ask, "info"), says="rdb_bgsave_in_progress:0", patience_s=20),
            _run(*ask, "bgrewriteaof", says="started"),
            Act((*ask, "info"), says="aof_rewrite_in_progress:0", patience_s=20),
            _run(*ask, "config", "set", "maxmemory", "64mb", says="OK"), _run(*ask, "slowlog", "get"),
            _run(*ask, "--scan", "--pattern", "greet*", says="greeting"), _run(*ask, "save", says="OK"))
    return Service("redis", "redis-server",
                   _settings(["redis-server", "--dir", "/data", "--appendonly", "yes", "--save", "5", "1"],
                             ["CMD", "redis-cli", "ping"], Entrypoint=["/opt/redis-image/docker-entrypoint.sh"],
                             WorkingDir="/data", Volumes={"/data": {}}),
                   acts, get, (entry,))


_POSTGRES_ENTRY = r"""
    #!/bin/bash
    set -Eeuo pipefail
    if [ "$(id -u)" = 0 ]; then
        mkdir -p "$PGDATA" /var/run/postgresql
        chmod 00700 "$PGDATA"
        find "$PGDATA" \! -user postgres -exec chown postgres '{}' +
        chown postgres /var/run/postgresql
        chmod 03775 /var/run/postgresql
        exec setpriv --reuid=postgres --regid=postgres --init-groups -- "$BASH_SOURCE" "$@"
    fi
    if [ ! -s "$PGDATA/PG_VERSION" ]; then
        initdb --username=postgres --pwfile=<(printf '%s\n' "$POSTGRES_PASSWORD") --auth-host=scram-sha-256
        echo "host all all all scram-sha-256" >> "$PGDATA/pg_hba.conf"
        PGUSER=postgres pg_ctl -D "$PGDATA" -o "-c listen_addresses=''" -w start
        psql -v ON_ERROR_STOP=1 --no-password --no-psqlrc -U postgres -d postgres <<< 'create database shop;'
        for step in /docker-entrypoint-initdb.d/*; do
            case "$step" in
                *.sh) "$step" ;;
                *.sql) psql -v ON_ERROR_STOP=1 -U postgres -d shop -f "$step" ;;
            esac
        done
        PGUSER=postgres pg_ctl -D "$PGDATA" -m fast -w stop
    fi
    exec "$@"
    """


def _postgres(programs: str) -> Service:
    files = (_script("/opt/postgres-image/docker-entrypoint.sh", _POSTGRES_ENTRY),
             ImageFile("/docker-entrypoint-initdb.d/1.sql", "create table item (id serial, name text);\n"),
             _script("/docker-entrypoint-initdb.d/2.sh", """
                 #!/bin/sh
                 psql -v ON_ERROR_STOP=1 -U postgres -d shop -c "insert into item (name) values ('first')"
                 """))

    def sql(text: str, says: str = "") -> Act:
        return _run("psql", "-U", "postgres", "-d", "shop", "-Atc", text, says=says)

    count = sql("select 'rows ' || count(*) from item where name = 'first'", "rows 1")
    far = "postgresql://postgres:secret@127.0.0.1/shop"
    acts = (_run("pg_isready", "-U", "postgres", says="accepting"), count, sql("create index on item (name)", "CREATE"),
            sql("insert into item (name) select md5(i::text) from generate_series(1, 20000) i", "INSERT"),
            _run("pgbench", "-q", "-i", "-s", "1", "-U", "postgres", "shop"),
            _run("pgbench", "-c", "2", "-T", "2", "-U", "postgres", "shop", says="tps"),
            _run("psql", far, "-Atc", "select 'far ' || 1", says="far 1"), sql("checkpoint"), sql("vacuum analyze"),
            sql("set max_parallel_workers_per_gather = 2; select count(*) from item a join item b using (name)"),
            sql("select pg_reload_conf(), pg_rotate_logfile()"), Act(signal="HUP"),
            _run("pg_dump", "-U", "postgres", "-f", "/tmp/shop.sql", "shop", user="postgres"),
            _run("pg_basebackup", "-c", "fast", "-U", "postgres", "-D", "/tmp/backup", user="postgres"),
            _run("pg_controldata", says="in production"), _run("cat", "/docker-entrypoint-initdb.d/1.sql"))
    options = ["-c", "autovacuum_naptime=1s", "-c", "shared_buffers=16MB", "-c", "logging_collector=on",
               "-c", "log_statement=all", "-c", "checkpoint_timeout=30s"]
    return Service("postgres", "postgres",
                   _settings(["postgres", *options], ["CMD-SHELL", "pg_isready -U postgres -d shop -h 127.0.0.1"],
                             Entrypoint=["/opt/postgres-image/docker-entrypoint.sh"], StopSignal="SIGINT",
                             Env=[f"PATH={programs}:{SEARCH_PATH}", "PGDATA=/var/lib/postgresql/data",
                                  "POSTGRES_PASSWORD=secret"],
                             Volumes={"/var/lib/postgresql/data": {}}),
                   acts, count, files)


def _scripted() -> Service:
    """What compose files are full of: a small script as the first program; no root, no writable root file system."""
    script = ("set -e; umask 077; mkdir -p /tmp/run; cd /tmp/run; "
              "printf 'port 6400\\nsave \"\"\\n' > redis.conf; redis-server redis.conf & "
              "until redis-cli -p 6400 ping 2>/dev/null | grep -q PONG; do sleep 0.2; done; "
              "while kill -0 $!; do redis-cli -p 6400 incr beats > last; date +%s >> log; sleep 0.5; done")
    beats = _run("redis-cli", "-p", "6400", "exists", "beats", says="1")
    acts = (beats, _run("env", says="PATH"), _run("ls", "-l", "/tmp/run", says="redis.conf"),
            _run("getent", "hosts", "localhost", says="localhost"), _run("cat", "/tmp/run/last"), beats)
    return Service("scripted", "redis-server",
                   _settings(["sh", "-c", script], ["CMD", "redis-cli", "-p", "6400", "ping"], User="redis",
                             StopTimeout=1),  # a shell that is the first program does not hear SIGTERM
                   acts, beats, unprivileged=True)


def services(postgres_programs: str) -> list[Service]:
    """`postgres_programs` is the image's directory of PostgreSQL's programs."""
    return [_nginx(), _redis(), _postgres(postgres_programs), _scripted()]
