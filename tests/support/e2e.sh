# shellcheck shell=bash
# What the scenarios that drive gf share: folders and a cluster of their own, a copy of the example project, cleaning up.
# Leaves $gf, $app, $work and the functions below. The process $beside and the container $companion, where a scenario has
# one, end with it.
scenario=$(basename "$(dirname "$0")")
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root" || exit 1
work=$(mktemp -d)
export GF_CLUSTER=${GF_CLUSTER:-gf-test}-${scenario:0:1}
export XDG_RUNTIME_DIR=$work/run XDG_STATE_HOME=$work/state XDG_CONFIG_HOME=$work/config XDG_DATA_HOME=$work/data HOME=${HOME:-/root} ASAN_OPTIONS=detect_leaks=0
mkdir -p "$XDG_RUNTIME_DIR"
gf=${GF_BUILD:-$root/build/dev}/cli/gf
app=$work/app
gf() { "$gf" -C "$app" "$@"; }
say() { printf '%s: %s\n' "$scenario" "$1"; }
fail() { failure=$1; say "FAILED: $1"; exit 1; }
kube() { docker exec "$GF_CLUSTER-control-plane" kubectl --kubeconfig /etc/kubernetes/admin.conf "$@"; }
finish() {
  local code=$?
  if ((code)); then
    gf status || true
    gf operation list | head -n 8 || true
    kube get pods -A -o wide 2>&1 || true
    kube get events -A 2>&1 | tail -n 30 || true
    cut -c 1-300 "$XDG_STATE_HOME/gf/gfd.log" | grep -v 'Shadow\|^  0x\|redzone' | tail -n 60 || true
    say "FAILED: ${failure:-a command ended with $code}"  # once more, where the log ends
    # KEEP=1 leaves everything for a look.
    [[ -z ${KEEP:-} ]] || exit "$code"
  fi
  gf down --delete >/dev/null 2>&1 || true
  gf daemon stop >/dev/null 2>&1 || true
  kind delete cluster --name "$GF_CLUSTER" --kubeconfig "$work/kubeconfig" >/dev/null 2>&1 || true
  [[ -z ${beside:-} ]] || kill "$beside" 2>/dev/null || true
  [[ -z ${companion:-} ]] || docker rm -fv "$companion" >/dev/null 2>&1 || true
  if mountpoint -q "$XDG_STATE_HOME"; then umount "$XDG_STATE_HOME"; fi
  rm -rf "$work"
  exit "$code"
}
trap finish EXIT
# eventually SECONDS COMMAND...: repeats until it holds; what is asked here has no event to wait for.
eventually() { local until=$((SECONDS + $1)); shift; until "$@" >/dev/null 2>&1; do ((SECONDS < until)) || return 1; sleep 0.2; done; }
# query JQ: of gf status.
query() { gf -o json status | jq -r "$1"; }
# says JQ EXPECTED: whether the status says so now.
says() { [[ $(query "$1") = "$2" ]]; }

cp -r images/example-app "$app"
git -C "$app" init -q -b main
git -C "$app" -c user.email=a@example.com -c user.name=a add -A
git -C "$app" -c user.email=a@example.com -c user.name=a commit -qm start
