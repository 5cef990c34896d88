# Where FreeSWITCH is on this machine.
# In: FREESWITCH_BIN, if it is neither on PATH nor in /usr/local/freeswitch/bin. Out: find_freeswitch.
# shellcheck shell=bash

# find_freeswitch: prints the program, or nothing.
find_freeswitch() {
  local candidate
  for candidate in "${FREESWITCH_BIN:-}" "$(command -v freeswitch || true)" /usr/local/freeswitch/bin/freeswitch; do
    if [ -n "$candidate" ] && [ -x "$candidate" ]; then
      printf '%s\n' "$candidate"
      return
    fi
  done
}
