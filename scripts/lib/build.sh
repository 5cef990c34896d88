# Builds the two halves of the program: the console (web/dist) and the server. Each only when its sources have changed.
# In: common.sh and install.sh must be sourced before. Out: build_console, build_server; $trunkline is then up to date.
# shellcheck shell=bash

# build_console: web/ -> web/dist, which the server serves.
build_console() {
  npm_packages
  local files sum
  mapfile -d '' -t files < <(find web -type f -not -path 'web/node_modules/*' -not -path 'web/dist/*' -print0 | sort -z)
  sum=$(checksum "${files[@]}")
  if [ -f web/dist/index.html ] && is_stamped console "$sum"; then
    return 0
  fi
  say "building the console"
  rm -f "$(stamp_file console)"
  npm --prefix web run --silent build -- --logLevel warn </dev/null >&2 || die "the console does not build; see above"
  printf '%s\n' "$sum" >"$(stamp_file console)"
}

# build_server: the dev profile, which the tests use too, so that a machine compiles the dependencies once.
build_server() {
  need_rust
  # shellcheck disable=SC2154  # set in common.sh
  [ -x "$trunkline" ] || say "building the server (the first time takes several minutes)"
  cargo build --locked --quiet --bin trunkline </dev/null >&2 || die "the server does not build; see above"
}
