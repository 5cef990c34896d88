# Shared by every script here: where things are, how a script speaks and how it gives up.
# Source it first: `source "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"`. It changes into the repository's root.
# In: CARGO_TARGET_DIR and XDG_CACHE_HOME, both optional. Out: $root, $cache, CARGO_TARGET_DIR, $started_in.
# shellcheck shell=bash

# shellcheck disable=SC2034  # used by the scripts that source this file
started_in=$PWD
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root" || exit 1

# Everything that is built lives outside the working tree, so that a fresh clone on the same machine builds in seconds.
cache=${XDG_CACHE_HOME:-$HOME/.cache}/trunkline
mkdir -p "$cache"
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$cache/target}

# The program the scripts build and start.
# shellcheck disable=SC2034  # used by the scripts that source this file
trunkline=$CARGO_TARGET_DIR/debug/trunkline

# Tells the person at the terminal what goes on. Standard output is left to results.
say() {
  printf '%s\n' "$*" >&2
}

# Gives up with one line that says what to do.
die() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

# Prints the comment at the head of the calling script: that is its help.
print_help() {
  sed -n '2,/^[^#]/{s/^# \{0,1\}//p;}' "$0"
}

# checksum FILE...: one checksum over the files' names and contents. Missing files are an error.
checksum() {
  sha256sum -- "$@" | sha256sum | cut -d ' ' -f 1
}

# stamp_file KIND: where the checksum of the last successful run of KIND is kept, for this working tree.
stamp_file() {
  local tree
  tree=$(printf '%s' "$root" | sha256sum | cut -c 1-16)
  mkdir -p "$cache/stamps"
  printf '%s/stamps/%s-%s\n' "$cache" "$1" "$tree"
}

# is_stamped KIND SUM: did KIND last succeed with exactly these inputs?
is_stamped() {
  local file
  file=$(stamp_file "$1")
  [ -f "$file" ] && [ "$(cat "$file")" = "$2" ]
}

# free_port: a TCP port on loopback that nothing listens on now.
free_port() {
  node -e 'const s = require("node:net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })'
}

# is_listening PORT: does something accept connections on this loopback port?
is_listening() {
  (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}
