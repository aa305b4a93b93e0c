#!/bin/sh
# What somebody would do without a portal: clone, build, test, start two instances, wait until both are healthy.
# Arguments: repository, folder, first port. Prints the process ids of the instances.
set -e
git clone --quiet "$1" "$2"
cd "$2"
node build.mjs >build.log 2>&1
node --test >test.log 2>&1
for port in "$3" "$(($3 + 1))"; do
  PORT=$port HOST=127.0.0.1 node dist/server.mjs >"instance-$port.log" 2>&1 &
  echo $!
done
healthy() {
  if command -v curl >/dev/null; then curl --silent --fail --output /dev/null "$1"; else wget -q -O /dev/null "$1"; fi
}
for port in "$3" "$(($3 + 1))"; do
  until healthy "http://127.0.0.1:$port/healthz"; do sleep 0.05; done
done
