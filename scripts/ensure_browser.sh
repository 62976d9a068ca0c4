#!/usr/bin/env bash
# ensure_browser.sh PYTHON: a Chromium for the browser tests, installed when there is none.
set -eu
for name in chromium chromium-browser google-chrome; do
  command -v "$name" >/dev/null && exit 0
done
"$1" -c 'import pathlib
from playwright.sync_api import sync_playwright
with sync_playwright() as p: raise SystemExit(not pathlib.Path(p.chromium.executable_path).exists())' && exit 0
if ! command -v apt-get >/dev/null; then
  exec "$1" -m playwright install chromium
fi
if [ -z "${CI:-}" ]; then
  read -r -p "The browser tests need Chromium. Install it with apt-get? [y/N] " answer || answer=""
  case "$answer" in [yY]*) ;; *) echo "Then install Chromium yourself and run this again." >&2; exit 1 ;; esac
fi
as_root=""
[ "$(id -u)" = 0 ] || as_root="sudo"
$as_root apt-get update -q && $as_root apt-get install -y -q chromium
