#!/bin/sh
# The one door for people: installs what is missing, then hands over to the command line of Payment Manager.
# Needs git, npm and any Node >= 20 once; the right Node comes with the packages.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
node="$root/node_modules/.bin/node"
stamp="$root/node_modules/.pm-installed"

# Stripped and compiled code is kept between starts, for worker threads and child processes, too: a start without it costs
# several times the CPU and 30 MB more. Where the folder cannot be written, Node does without.
NODE_COMPILE_CACHE=${NODE_COMPILE_CACHE:-$root/node_modules/.cache/payment-manager}
export NODE_COMPILE_CACHE

say() { printf '%s\n' "$*" >&2; }

# npm wants a home that it may write; a container or a service account often has none.
ensure_home() {
  if [ -z "${HOME:-}" ] || [ ! -w "${HOME:-/nonexistent}" ]; then
    mkdir -p "$root/.pm/home"
    HOME="$root/.pm/home"
    export HOME
  fi
}

require_npm() {
  if ! command -v node >/dev/null 2>&1; then
    say "pm: Node.js is missing. Install any Node.js from version 20 on (it brings npm), then run this again."
    exit 69
  fi
  if ! command -v npm >/dev/null 2>&1; then
    say "pm: npm is missing. Install npm (it comes with Node.js from version 20 on), then run this again."
    exit 69
  fi
  major=$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0)
  if [ "$major" -lt 20 ]; then
    say "pm: Node.js $(node --version 2>/dev/null || echo '(unknown version)') is too old to install with. Install version 20 or newer, then run this again."
    exit 69
  fi
}

# `npm ci` into an empty tree; an existing tree is brought up to date in place, exactly to the lock file.
install() {
  require_npm
  ensure_home
  if [ -d "$root/node_modules" ]; then
    say "pm: package-lock.json has changed; bringing node_modules up to date ..."
    set -- install --no-save
  else
    say "pm: first run here: installing the packages and the right Node.js into node_modules (about a minute) ..."
    set -- ci
  fi
  if ! (cd "$root" && npm "$@" --prefer-offline --no-audit --no-fund --loglevel=error >&2); then
    say "pm: the installation failed. What npm said is above; with the network back, run the same command again."
    exit 69
  fi
  if [ ! -x "$node" ]; then
    say "pm: npm finished, but $node is not there. If npm is set to ignore scripts (npm config get ignore-scripts), allow them and run this again."
    exit 69
  fi
  printf '%s\n' "$lock" >"$stamp"
  { "$node" "$root/packages/payment-manager/src/cli/main.ts" help && "$node" "$root/packages/payment-manager/src/cli/warm-up.ts"; } >/dev/null 2>&1 || say "pm: (preparing the first start did not work; it only takes longer)"
  say "pm: installed ($("$node" --version))."
}

lock=$(cksum <"$root/package-lock.json")
if [ ! -x "$node" ]; then
  install "$@"
elif [ ! -f "$stamp" ]; then
  # Somebody installed by hand: taken over when npm finds the tree complete.
  require_npm
  ensure_home
  if (cd "$root" && npm ls --all >/dev/null 2>&1); then
    printf '%s\n' "$lock" 2>/dev/null >"$stamp" || :
  else
    install
  fi
elif [ "$(cat "$stamp")" != "$lock" ]; then
  install
fi

# As in packages/payment-manager/src/cli/node-options.ts, which says why.
exec "$node" --v8-pool-size=1 --max-semi-space-size=16 "$root/packages/payment-manager/src/cli/main.ts" "$@"
