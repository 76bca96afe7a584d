#!/bin/sh
# An AppImage of the bundled folder: `appimage.sh dist/jaka-to-melodia`.
# Needs appimagetool ($APPIMAGETOOL names it), which no package registry has; without it the
# folder that it would pack (dist/AppDir) is all that is made.
set -eu
folder=$1
app=$(dirname "$folder")/AppDir
rm -rf "$app"
mkdir -p "$app"
cp -al "$folder" "$app/program"
XDG_DATA_HOME="$app/usr/share" APPIMAGE=jtm "$folder/jtm" install-desktop >/dev/null
cp "$app"/usr/share/applications/*.desktop "$app"/usr/share/icons/hicolor/scalable/apps/*.svg "$app"
cat >"$app/AppRun" <<'RUN'
#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
exec "$here/program/jtm" "$@"
RUN
chmod +x "$app/AppRun"
tool=${APPIMAGETOOL:-appimagetool}
if ! command -v "${tool%% *}" >/dev/null 2>&1; then
  echo "There is no appimagetool: $app is ready, and no AppImage was made of it." >&2
  exit 1
fi
# shellcheck disable=SC2086
ARCH=$(uname -m) $tool "$app" "$(dirname "$folder")/Jaka-to-melodia-$(uname -m).AppImage"
