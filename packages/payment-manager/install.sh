# Installs the packages; read by `pm`, which sets root, node and built. How the packages were installed stands in the stamp:
#   use          what a user needs, by the first command
#   development  what tests and developers need besides, by ./pm test or ./pm install
#   production   as use, by ./pm install --production; no other command changes it
# One installation at a time: whoever installs holds a lock, which the system takes from a process that ends, however it ends. npm
# has it, too, so that nobody begins while a npm still writes whose pm was killed.
stamp="$root/node_modules/.pm-installed"
lock_file="$root/.pm/install.lock"
# There while an installation is under way, with its kind; with nobody who holds the lock, one was killed half-way.
half="$root/.pm/half-installed"
wanted_packages=$(cksum <"$root/package-lock.json")

# Measured with an empty cache; Node.js is three quarters of what is kept.
use_size='about 80 MB to download, 250 MB to keep'
development_size='about 285 MB to download, 800 MB to keep'
tests_size='about 205 MB to download, 540 MB to keep'

# unavailable TEXT: what is needed is not there (69, as in exit-codes.ts).
unavailable() {
  say "$@"
  exit 69
}

# Prints how the packages of this package-lock.json were installed; nothing when they were not, or not wholly.
installed() {
  [ -x "$node" ] && [ ! -e "$half" ] && [ -f "$stamp" ] || return 0
  read -r packages_sum packages_size kind <"$stamp" || :
  if [ "$packages_sum $packages_size" = "$wanted_packages" ]; then printf '%s\n' "${kind:-}"; fi
}

# enough WANTED: whether what is installed will do.
enough() {
  case "$1:$(installed)" in
  use:use | use:production | *:development) return 0 ;;
  *) return 1 ;;
  esac
}

# need use|development: installs what is missing.
need() {
  enough "$1" || adopt "$1" && return 0
  if [ "$(kind_before)" = production ]; then
    [ ! -e "$half" ] || unavailable "the installation for production did not come to its end. Run: ./pm install --production"
    [ "$1" = use ] || unavailable "this needs the packages for development, and here the product was installed for production. Run: ./pm install"
    unavailable "package-lock.json has changed since the product was installed for production. Run: ./pm install --production"
  fi
  # What was installed for development stays so.
  if [ "$(kind_before)" = development ]; then install_as development; else install_as "$1"; fi
}

# need_installed use: never installs.
need_installed() {
  enough "$1" || adopt "$1" || unavailable "the packages are not installed, or not those of this package-lock.json, and ./pm run installs nothing. Run: ./pm install --production"
}

kind_before() { if [ -f "$half" ]; then cat "$half"; elif [ -f "$stamp" ]; then sed 's/.* //' "$stamp"; fi; }

# Somebody installed by hand: taken over when npm finds the tree complete. npm writes .package-lock.json when it is done.
adopt() {
  [ -x "$node" ] && [ ! -e "$half" ] && [ ! -f "$stamp" ] && [ -f "$root/node_modules/.package-lock.json" ] || return 1
  require_npm
  ensure_home
  if (cd "$root" && npm ls --all >/dev/null 2>&1); then
    write_stamp development
  elif [ "$1" = use ] && (cd "$root" && npm ls --all --omit=dev >/dev/null 2>&1); then
    write_stamp use
  else
    return 1
  fi
}

# Where it cannot be written, npm is asked each time.
write_stamp() { (printf '%s %s\n' "$wanted_packages" "$1" >"$stamp") 2>/dev/null || :; }

# install_as use|development|production
install_as() {
  require_npm
  ensure_home
  mkdir -p "$root/.pm"
  exec 9>>"$lock_file"
  if ! lock -n; then
    say "another ./pm installs here; waiting for it ..."
    lock
  fi
  # Whoever had the lock before may have installed what is wanted here.
  if [ "$(installed)" = "$1" ] || { [ "$1" = use ] && enough use; }; then
    say "installed."
    already=yes
  else
    install_packages "$1"
  fi
  exec 9>&-
}

# lock [-n]: file descriptor 9, shared with what is started from here. Linux has flock, macOS has perl.
lock() {
  if command -v flock >/dev/null 2>&1; then
    flock "$@" 9
  else
    perl -e 'open(my $file, ">>&=", 9) or die; exit(flock($file, @ARGV ? 6 : 2) ? 0 : 1)' -- "$@"
  fi
}

# A tree that we know is brought up to date in place, exactly to the lock file; all others are made anew (`npm ci`).
install_packages() {
  omit=''
  size=$development_size
  if [ "$1" != development ]; then omit='--omit=dev' size=$use_size; fi
  order=ci
  if [ -e "$half" ]; then
    say "the last installation did not come to its end; installing anew ($size) ..."
  elif [ ! -d "$root/node_modules" ]; then
    say "first run here: installing the packages and the right Node.js into node_modules ($size) ..."
  else
    case "$1:$(kind_before)" in
    development:use | development:production) order='install --no-save' && say "installing what tests and development need besides ($tests_size) ..." ;;
    *:use | *:development | *:production) order='install --no-save' && say "bringing node_modules to what package-lock.json says ..." ;;
    *) say "node_modules is not what package-lock.json says; installing anew ($size) ..." ;;
    esac
  fi
  printf '%s\n' "$1" >"$half"
  rm -f "$stamp"
  # shellcheck disable=SC2086
  if ! (cd "$root" && npm $order $omit --ignore-scripts --prefer-offline --no-audit --no-fund --loglevel=error >&2); then
    unavailable "the installation failed. What npm said is above; with the network back, run the same command again."
  fi
  demand_node
  write_stamp "$1"
  rm -f "$half"
  rm -rf "$built/compiled"
  prepare
  say "installed, with Node.js $("$node" --version)."
}

# prepare: what is made of what is installed, and of the sources, so that a start takes little. After a change of the sources alone, too.
prepare() {
  warm_up="$root/lab/commands/src/warm-up.ts"
  [ -f "$warm_up" ] || warm_up="$root/packages/payment-manager/src/cli/warm-up.ts"
  "$node" "$warm_up" >/dev/null 2>&1 9>&- || say "(preparing the first start did not work; it only takes longer)"
}

# npm wants a home that it may write; a container or a service account often has none.
ensure_home() {
  if [ -z "${HOME:-}" ] || [ ! -w "${HOME:-/nonexistent}" ]; then
    mkdir -p "$root/.pm/home"
    HOME="$root/.pm/home"
    export HOME
  fi
}

require_npm() {
  command -v node >/dev/null 2>&1 || unavailable "Node.js is missing. Install any Node.js from version 20 on (it brings npm), then run this again."
  command -v npm >/dev/null 2>&1 || unavailable "npm is missing. Install npm (it comes with Node.js from version 20 on), then run this again."
  major=$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0)
  [ "$major" -ge 20 ] || unavailable "Node.js $(node --version 2>/dev/null || echo '(unknown version)') is too old to install with. Install version 20 or newer, then run this again."
}

# Takes five milliseconds, and says what the loader's own message does not.
demand_node() {
  if [ ! -x "$node" ]; then
    unavailable "there is no Node.js for this machine ($(uname -s) $(uname -m)) among the packages. Payment Manager runs on Linux with glibc (x64, arm64) and on macOS (x64, arm64). If npm is set to omit optional packages (npm config get omit), let it install them."
  fi
  if ! complaint=$("$node" --version 2>&1); then
    say "$complaint"
    unavailable "Node.js cannot be started here. It needs glibc 2.28 or newer and libstdc++ (Debian, Ubuntu: apt-get install libstdc++6; Red Hat: dnf install libstdc++). Alpine and other systems with musl instead of glibc are not supported."
  fi
}
