#!/bin/sh
# The main job: the window where there is a display, otherwise the demo in the terminal.
if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] || [ "$(uname)" = Darwin ]; then
  exec "$1/jtm"
fi
echo "No display: playing the bundled performance instead (jtm demo)."
exec "$1/jtm" demo
