#!/bin/sh
# A platform in a page: a folder for each release, a link to the one that serves, and a server on a fixed port.
set -eu

place="${PLATFORM_FOLDER:-$HOME/platform}/$ANYTIME_ENVIRONMENT"
release="releases/$ANYTIME_RELEASE"

# Whole or not there: what was copied halfway is never linked to.
install_release() {
  mkdir -p "$place/releases"
  rm -rf "$place/$release.new"
  cp -R . "$place/$release.new"
  rm -rf "${place:?}/$release"
  mv "$place/$release.new" "$place/$release"
  echo "installed #$ANYTIME_RELEASE (${ANYTIME_COMMIT}) in $place/$release"
}

link_release() {
  ln -sfn "$release" "$place/current.new"
  mv -T "$place/current.new" "$place/current"
  echo "current is #$ANYTIME_RELEASE, after #${ANYTIME_PREVIOUS_RELEASE:-none}"
}

end_server() {
  pid="$(cat "$place/server.pid" 2>/dev/null || true)"
  [ -n "$pid" ] || return 0
  kill "$pid" 2>/dev/null || true
  while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
  rm -f "$place/server.pid"
}

# A session and an environment of its own: whatever else a command leaves running is ended with the command.
start_server() {
  end_server
  setsid env -i PATH="$PATH" PORT="$PLATFORM_PORT" RELEASE="$ANYTIME_RELEASE" PID_FILE="$place/server.pid" \
    node "$place/current/server.mjs" </dev/null >>"$place/server.log" 2>&1 &
  # Not before it is out of this command's reach.
  tries=200
  until [ -s "$place/server.pid" ]; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || { tail -n 20 "$place/server.log" && exit 1; }
    sleep 0.05
  done
}

case "$1" in
  deploy) install_release && link_release && start_server ;;
  back)
    [ -d "$place/$release" ] || { echo "#$ANYTIME_RELEASE is not installed any more" && exit 1; }
    link_release && start_server
    ;;
  healthy) node -e "
    fetch('http://127.0.0.1:$PLATFORM_PORT/').then((answer) => answer.text()).then((text) => {
      if (text !== 'release $ANYTIME_RELEASE\n') throw new Error('It answers: ' + text);
      console.log(text.trim() + ' serves');
    }).catch((error) => { console.log(error.cause?.message ?? error.message); process.exit(1); });" ;;
  *) echo "deploy, back or healthy" && exit 2 ;;
esac
