#!/bin/sh
# Makes .venv from the locked requirements, and the system libraries that Qt needs; quick when nothing changed.
#   packaging/bootstrap.sh run|test
set -eu
cd "$(dirname "$0")/.."
kind=${1:-run}
case $kind in run) lock=packaging/requirements.txt ;; *) lock=packaging/requirements-dev.txt ;; esac

say() { printf '%s\n' "$*" >&2; }

# Debian's names of what Qt's platform plugins load, and of python3 -m venv.
libraries="libegl1 libgl1 libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-shape0 libxcb-xinerama0 libxcb-xkb1 libdbus-1-3 libfontconfig1 libglib2.0-0 ca-certificates python3 python3-venv"

install_libraries() {
    command -v dpkg-query >/dev/null 2>&1 || return 0
    missing=
    for name in $libraries; do
        case $name in python3 | python3-venv) [ -z "$need_python" ] && continue ;; esac
        dpkg-query -W -f '${Status}' "$name" 2>/dev/null | grep -q 'ok installed' || missing="$missing $name"
    done
    [ -n "$missing" ] || return 0
    as_root=
    if [ "$(id -u)" != 0 ]; then
        if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then as_root="sudo -n"; else
            say "These system libraries are missing. Run this once, then again what you ran:"
            say "    sudo apt-get install -y --no-install-recommends$missing"
            exit 1
        fi
    fi
    say "Installing system libraries:$missing"
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq >&2
    # shellcheck disable=SC2086
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >&2
}

usable() { "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
    for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11; do
        if command -v "$candidate" >/dev/null 2>&1 && usable "$candidate"; then
            command -v "$candidate"
            return 0
        fi
    done
    return 1
}

need_python=
python=$(find_python) || need_python=yes
stamp=.venv/.ready-$kind
wanted=$(cat "$lock" pyproject.toml packaging/bootstrap.sh | cksum)
if [ -x .venv/bin/python ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then exit 0; fi

install_libraries
if [ -n "$need_python" ]; then
    python=$(find_python) || {
        say "Python 3.11 or newer with its venv module is needed."
        exit 1
    }
fi
[ -x .venv/bin/python ] || "$python" -m venv .venv
say "Installing the locked requirements (once; a few minutes at most) ..."
# A busy registry may drop a connection: what is already here is kept, so a second try goes on from there.
install() { .venv/bin/python -m pip install --quiet --disable-pip-version-check --retries 10 --timeout 60 "$@" >&2; }
install --require-hashes -r "$lock" || install --require-hashes -r "$lock"
install --require-hashes -r packaging/requirements-build.txt
install --no-deps --no-build-isolation --editable .
rm -f .venv/.ready-*
printf '%s' "$wanted" >"$stamp"
[ "$kind" = run ] || printf '%s' "$(cat packaging/requirements.txt pyproject.toml packaging/bootstrap.sh | cksum)" >.venv/.ready-run
