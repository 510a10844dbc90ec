# shellcheck shell=bash
# A headless browser for scenarios; a profile of its own in $work, so that no browser of the user's is disturbed.
browser() { timeout 60 chromium --headless --no-sandbox --disable-gpu --user-data-dir="$work/profile" --virtual-time-budget=6000 "$@" 2>/dev/null; }
# dom URL: what the browser has made of the page.
dom() { browser --dump-dom "$1"; }
# picture URL NAME: a picture of the page, in the folder GF_PICTURES, where that is set; those in docs/pictures were made so.
picture() { [[ -z ${GF_PICTURES:-} ]] || browser --hide-scrollbars --window-size=1200,900 --screenshot="$GF_PICTURES/$2.png" "$1"; }
