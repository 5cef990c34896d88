# A throw-away PostgreSQL cluster for the tests: own folder, own loopback port, no fsync, gone afterwards.
# In: common.sh must be sourced before, the package postgresql be installed; a folder to work in.
# Out: start_postgres DIR sets TRUNKLINE_TEST_POSTGRES (the URL of an empty database, as its owner); stop_postgres;
#      resume_postgres after that, with what it had; find_postgres DIR for the last two in another script.
# shellcheck shell=bash

postgres_bin=
postgres_dir=
# A test that kills it sets this to "on": what was committed must be there afterwards.
postgres_commit=off

# PostgreSQL refuses to run as root, so root lends it the account that Debian's package made.
as_postgres() {
  if [ "$(id -u)" = 0 ]; then
    # From a folder that this account may enter.
    (cd / && runuser -u postgres -- "$@")
  else
    "$@"
  fi
}

# find_postgres DIR: the one that was started there.
find_postgres() {
  postgres_dir=$1
  # The newest version when several are installed.
  postgres_bin=$(find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin | sort -V | tail -n 1)
}

start_postgres() {
  local port PGPASSWORD
  find_postgres "$1"

  mkdir -p "$postgres_dir"
  port=$(free_port)
  # With a password of its own: other accounts of this machine reach the loopback port too.
  PGPASSWORD=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  export PGPASSWORD
  (umask 077 && printf '%s\n' "$PGPASSWORD" >"$postgres_dir/password")
  [ "$(id -u)" != 0 ] || chown -R postgres "$postgres_dir"
  as_postgres "$postgres_bin/initdb" --pgdata "$postgres_dir/data" --username trunkline --auth scram-sha-256 \
    --pwfile "$postgres_dir/password" --encoding UTF8 --locale C.UTF-8 --no-sync >"$postgres_dir.initdb.log" 2>&1 || return 1
  printf '%s\n' "$port" >"$postgres_dir/port"
  resume_postgres || return 1
  as_postgres "$postgres_bin/createdb" -h 127.0.0.1 -p "$port" -U trunkline trunkline_test || return 1
  export TRUNKLINE_TEST_POSTGRES=postgres://trunkline:$PGPASSWORD@127.0.0.1:$port/trunkline_test
}

# Starts the cluster of $postgres_dir, which is there.
resume_postgres() {
  # The files of a test are not worth a disk write; what is tested are the queries.
  as_postgres "$postgres_bin/pg_ctl" --pgdata "$postgres_dir/data" --wait --silent --log "$postgres_dir/server.log" \
    --options "-h 127.0.0.1 -p $(cat "$postgres_dir/port") -c unix_socket_directories= -c fsync=off -c synchronous_commit=$postgres_commit -c full_page_writes=off -c max_connections=300" \
    start >/dev/null 2>&1
}

stop_postgres() {
  if [ -n "$postgres_dir" ] && [ -f "$postgres_dir/data/postmaster.pid" ]; then
    as_postgres "$postgres_bin/pg_ctl" --pgdata "$postgres_dir/data" --mode immediate --silent stop >/dev/null 2>&1 || true
  fi
}
