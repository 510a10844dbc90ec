# shellcheck shell=bash
# A headless browser for scenarios; a profile of its own in $work, so that no browser of the user's is disturbed.
browser() { timeout 60 chromium --headless --no-sandbox --disable-gpu --user-data-dir="$work/profile" --virtual-time-budget=6000 "$@" 2>/dev/null; }
# dom URL: what the browser has made of the page.
dom() { browser --dump-dom "$1"; }
