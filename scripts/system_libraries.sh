#!/bin/sh
# Installs the system libraries that are missing: `system_libraries.sh play [test] [bundle]`.
# As root or with passwordless sudo it installs; otherwise it prints the exact line and goes on.
set -eu

# file that shows the package is there : package
PLAY="
libportaudio.so.2:libportaudio2
libasound_module_pcm_pulse.so:libasound2-plugins
pactl:pulseaudio-utils
libEGL.so.1:libegl1
libGL.so.1:libgl1
libxkbcommon.so.0:libxkbcommon0
libfontconfig.so.1:libfontconfig1
libdbus-1.so.3:libdbus-1-3
libxcb-cursor.so.0:libxcb-cursor0
libxkbcommon-x11.so.0:libxkbcommon-x11-0
libxcb-icccm.so.4:libxcb-icccm4
libxcb-image.so.0:libxcb-image0
libxcb-keysyms.so.1:libxcb-keysyms1
libxcb-randr.so.0:libxcb-randr0
libxcb-render-util.so.0:libxcb-render-util0
libxcb-shape.so.0:libxcb-shape0
libxcb-sync.so.1:libxcb-sync1
libxcb-xfixes.so.0:libxcb-xfixes0
libxcb-xkb.so.1:libxcb-xkb1
libX11-xcb.so.1:libx11-xcb1
DejaVuSans.ttf:fonts-dejavu-core
"
TEST="
libfluidsynth.so.3:libfluidsynth3
FluidR3_GM.sf2:fluid-soundfont-gm
pulseaudio:pulseaudio
jackd:jackd2
espeak-ng:espeak-ng
flite:flite
Xvfb:xvfb
desktop-file-validate:desktop-file-utils
appstreamcli:appstream
"
BUNDLE="
objdump:binutils
xz:xz-utils
Xvfb:xvfb
libjack.so.0:libjack-jackd2-0
"

if ! command -v apt-get >/dev/null 2>&1; then
  echo "This is no Debian or Ubuntu: see that PortAudio and Qt's X11 libraries are installed." >&2
  exit 0
fi

present() {
  case "$1" in
    libasound_module*) ls /usr/lib/*/alsa-lib/"$1" >/dev/null 2>&1 ;;
    *.so.*) ldconfig -p 2>/dev/null | grep -q "$1 " || ls /usr/lib/*/"$1" >/dev/null 2>&1 ;;
    *.ttf) ls /usr/share/fonts/truetype/*/"$1" >/dev/null 2>&1 ;;
    *.sf2) ls /usr/share/sounds/sf2/"$1" >/dev/null 2>&1 ;;
    *) command -v "$1" >/dev/null 2>&1 ;;
  esac
}

missing=""
for kind in "$@"; do
  case "$kind" in play) list=$PLAY ;; test) list=$TEST ;; bundle) list=$BUNDLE ;; *) echo "unknown: $kind" >&2; exit 2 ;; esac
  for pair in $list; do
    present "${pair%%:*}" || missing="$missing ${pair##*:}"
  done
done
[ -n "$missing" ] || exit 0

install="apt-get install -y --no-install-recommends$missing"
if [ "$(id -u)" = 0 ]; then
  SUDO=""
elif sudo -n true 2>/dev/null; then
  SUDO="sudo"
else
  echo "System libraries are missing and may not be installed from here. Please run:" >&2
  echo "  sudo $install" >&2
  exit 0
fi
echo "Installing system libraries:$missing"
log=$(mktemp)
# shellcheck disable=SC2086
if ! { $SUDO apt-get update -qq && DEBIAN_FRONTEND=noninteractive $SUDO $install; } >"$log" 2>&1; then
  tail -n 5 "$log" >&2
  echo "Could not install them; please run: sudo $install" >&2
fi
rm -f "$log"
