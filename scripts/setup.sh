#!/bin/sh
# Brings node_modules to what package-lock.json says, the project's own Node included. Does nothing, and needs no network,
# when it is there already. Works under the npm of any Node since 18: `npm ci` takes versions from the lock file alone.
set -eu
cd "$(dirname "$0")/.."

stamp=node_modules/.installed-lock.json

installed() {
  [ -d node_modules ] && cmp -s package-lock.json "$stamp"
}

# An `npm ci` or `npm install` by hand leaves npm's own record, which is newer than the lock file that it installed.
installed_by_hand() {
  [ ! -e "$stamp" ] && [ -n "$(find node_modules/.package-lock.json -newer package-lock.json 2>/dev/null)" ]
}

if installed; then exit 0; fi
if ! installed_by_hand; then
  if ! command -v npm >/dev/null 2>&1; then
    echo "rds-csi: npm is needed once, to install what package-lock.json names; install Node.js (any version since 18) with npm" >&2
    exit 1
  fi
  echo "rds-csi: installing dependencies (npm ci)" >&2
  npm ci --ignore-scripts --prefer-offline --no-audit --no-fund --loglevel=error >&2
fi
if ! PATH="$PWD/node_modules/.bin:$PATH" node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 24 ? 1 : 0)'; then
  echo "rds-csi: no Node 24 for this machine: node_modules/.bin/node is missing (npm's --omit=optional?) and so is a newer node on PATH" >&2
  exit 1
fi
cp package-lock.json "$stamp"
