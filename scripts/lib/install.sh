# Brings what a script needs onto a Debian 12 machine that has Rust, Node and git. Says what it installs, asks nothing.
# In: common.sh must be sourced before. Out: try_packages, need_packages, need_rust, need_node, npm_packages.
# shellcheck shell=bash

node_wanted=20
package_lists_fresh=no
install_problem=

# as_root COMMAND...: runs it as root, directly or through sudo without a password prompt.
as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    sudo -n env DEBIAN_FRONTEND="${DEBIAN_FRONTEND:-noninteractive}" "$@"
  else
    return 126
  fi
}

is_installed() {
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# try_packages PACKAGE...: installs those Debian packages that are missing. When that cannot be done it returns 1, and
# $install_problem says why.
try_packages() {
  local package missing=()
  if ! command -v dpkg-query >/dev/null; then
    install_problem="this is not Debian or Ubuntu; install the counterparts of: $*"
    return 1
  fi
  for package in "$@"; do
    is_installed "$package" || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0

  say "installing Debian packages: ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  if ! as_root true; then
    install_problem="neither root nor sudo without a password; ask an administrator to run: apt-get install ${missing[*]}"
    return 1
  fi
  if [ "$package_lists_fresh" = no ]; then
    as_root apt-get -qq update </dev/null >&2 || { install_problem="apt-get update failed"; return 1; }
    package_lists_fresh=yes
  fi
  if ! as_root apt-get -qq -y --no-install-recommends install "${missing[@]}" </dev/null >&2; then
    install_problem="apt-get could not install ${missing[*]}"
    return 1
  fi
}

# need_packages PACKAGE...: the same for what a script cannot do without.
need_packages() {
  try_packages "$@" || die "$install_problem"
}

# Rust itself is the reader's choice of how; a C compiler is needed to link and for SQLite.
need_rust() {
  if ! command -v cargo >/dev/null && [ -f "$HOME/.cargo/env" ]; then
    # shellcheck source=/dev/null
    source "$HOME/.cargo/env"
  fi
  command -v cargo >/dev/null || die "Rust is missing; install it from https://rustup.rs and start again"
  command -v cc >/dev/null || need_packages gcc libc6-dev
}

need_node() {
  command -v node >/dev/null || die "Node.js is missing; install Node.js $node_wanted or newer and start again"
  local major
  major=$(node -p 'process.versions.node.split(".")[0]')
  [ "$major" -ge "$node_wanted" ] || die "Node.js $major is too old; install Node.js $node_wanted or newer and start again"
  command -v npm >/dev/null || die "npm is missing; install it (it comes with Node.js) and start again"
}

# npm_packages: puts web/node_modules in order, only when package-lock.json has changed since the last time.
npm_packages() {
  need_node
  local sum
  sum=$(checksum web/package.json web/package-lock.json)-node$(node -p 'process.versions.modules')
  if [ -d web/node_modules ] && is_stamped npm "$sum"; then
    return 0
  fi
  say "installing the console's packages (npm ci)"
  rm -f "$(stamp_file npm)"
  npm --prefix web ci --no-audit --no-fund --loglevel=error </dev/null >&2 || die "npm ci failed; see above"
  printf '%s\n' "$sum" >"$(stamp_file npm)"
}
