"""What pods and nodes take, as their control groups tell it, with either version of control groups.

Working set: the memory in use less the inactive pages of files, which go when somebody else needs the room.
"""
import json, subprocess

# Prints for each pod of the arguments its working set in bytes and its CPU time in microseconds; without arguments the same of
# the node itself. The pod's own group counts what containers of it have ended, and the sandbox.
IN_NODE = r"""
measure() {
  if [ -f "$1/memory.current" ]; then
    used=$(cat "$1/memory.current"); inactive=$(sed -n 's/^inactive_file //p' "$1/memory.stat")
    spent=$(sed -n 's/^usage_usec //p' "$1/cpu.stat")
  else
    used=$(cat "$1/memory.usage_in_bytes"); inactive=$(sed -n 's/^total_inactive_file //p' "$1/memory.stat")
    spent=$(($(cat "$2/cpuacct.usage") / 1000))
  fi
  echo "$((used - inactive)) $spent"
}
memory=/sys/fs/cgroup; [ -f "$memory/memory.stat" ] || memory=$memory/memory
cpu=/sys/fs/cgroup/cpuacct; [ -d "$cpu" ] || cpu=/sys/fs/cgroup/cpu,cpuacct
[ $# -gt 0 ] || measure "$memory" "$cpu"
for pod; do
  pattern="*pod$(echo "$pod" | tr - _).slice"
  of_pod() { find "$1" -type d \( -name "$pattern" -o -name "*pod$pod" \) 2>/dev/null | head -n 1; }
  group=$(of_pod "$memory")
  [ -z "$group" ] || measure "$group" "$(of_pod "$cpu")"
done
"""


def by_node(pods):
    """{node: [uid]} of a list of pods as the API gives it, in JSON or its text; those that are ending are left out."""
    items = json.loads(pods)["items"] if isinstance(pods, str) else pods
    found = {}
    for pod in items:
        if "deletionTimestamp" not in pod["metadata"] and "nodeName" in pod["spec"]:
            found.setdefault(pod["spec"]["nodeName"], []).append(pod["metadata"]["uid"])
    return found


def sample(pods):
    """(working set in MiB, CPU seconds so far) of the pods of {node: [uid]} together; of the node itself where it has none."""
    memory = spent = 0
    for node, uids in pods.items():
        said = subprocess.run(["docker", "exec", node, "sh", "-c", IN_NODE, "sh", *uids], check=True, stdout=subprocess.PIPE, text=True)
        for line in said.stdout.splitlines():
            bytes_, microseconds = map(int, line.split())
            memory, spent = memory + bytes_, spent + microseconds
    if not memory:
        raise SystemExit("cannot find the control groups of the pods")
    return memory / 2**20, spent / 1e6
