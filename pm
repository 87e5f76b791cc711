#!/bin/sh
# The one door for people: installs what is missing, then hands over to the command line of Payment Manager.
# Needs git, npm and any Node >= 20 once; the right Node comes with the packages.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
node="$root/node_modules/.bin/node"
# What we make of what is installed: `npm` never sees it, and nothing in `node_modules` is rewritten.
built="$root/.pm/built"

# Stripped and compiled code is kept between starts, for worker threads and child processes, too: a start without it costs
# several times the CPU and 30 MB more. Where the folder cannot be written, Node does without.
NODE_COMPILE_CACHE=${NODE_COMPILE_CACHE:-$built/compiled}
export NODE_COMPILE_CACHE

say() { printf '%s\n' "pm: $*" >&2; }

. "$root/packages/payment-manager/install.sh"

# Where the lab is, its commands are there, too; ./pm pack leaves it out, and then nobody tests here.
main="$root/lab/commands/src/main.ts"
tests=development
if [ ! -f "$main" ]; then
  main="$root/packages/payment-manager/src/cli/main.ts"
  tests=use
fi

case "${1:-}" in
install)
  case "${2:-}" in
  '') install_as development ;;
  --production) install_as production ;;
  *) say "./pm install [--production]: see ./pm help install" && exit 64 ;;
  esac
  [ -z "${already:-}" ] || prepare
  exit 0
  ;;
start) case " $* " in *' --postgres '*) need "$tests" ;; *) need use ;; esac ;;
# the sketch, with which bench compares, is made with a library that the product does not need
test | bench) need "$tests" ;;
# its browser takes pictures
drill) case "${2:-}" in failures) need "$tests" ;; *) need use ;; esac ;;
# What makes the portal of its sources is for developers; what users get is built.
portal)
  case "${2:-}" in
  build | screenshots)
    case "${3:-}" in -h | --help) exec "$0" help portal ;; esac
    need development
    demand_node
    tool=$2
    shift 2
    exec "$node" "$root/packages/portal/tools/$tool.ts" "$@"
    ;;
  *) need use ;;
  esac
  ;;
# What runs for real is what somebody has installed on purpose.
run) need_installed use ;;
*) need use ;;
esac

demand_node
# As in packages/payment-manager/src/cli/node-options.ts, which says why.
exec "$node" --v8-pool-size=1 --max-semi-space-size=16 --expose-gc --import "$root/packages/payment-manager/src/cli/in-one-file-hook.ts" "$main" "$@"
