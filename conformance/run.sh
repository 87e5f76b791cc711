#!/bin/sh
# The conformance cases, with the Node of this checkout. See run.mjs for the options.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
exec "$root/node_modules/.bin/node" "$root/conformance/run.mjs" "$@"
