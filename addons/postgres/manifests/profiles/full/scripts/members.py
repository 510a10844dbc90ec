"""members.py gather|spread, in any member.

gather: makes postgres-0 the leader, so that its volume has everything. spread: waits until every member follows.
"""
import json, subprocess, sys, time

SEED = "postgres-0"


def members():
    listing = subprocess.run(["patronictl", "list", "--format", "json"], check=True, stdout=subprocess.PIPE)
    return {member["Member"]: member for member in json.loads(listing.stdout)}


def leader():
    return next((name for name, member in members().items() if member["Role"] == "Leader"), None)


def wait(seconds, holds, problem):
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            sys.exit(problem)
        time.sleep(1)


def gather():
    wait(60, leader, "cannot gather: no member leads")
    if (former := leader()) != SEED:
        subprocess.run(["patronictl", "switchover", "postgres", "--leader", former, "--candidate", SEED, "--force"],
                       check=True, stdout=subprocess.DEVNULL)
    wait(60, lambda: leader() == SEED and members()[SEED]["State"] == "running", f"cannot gather: {SEED} does not lead")


def follow():
    return len([member for member in members().values() if member["Role"] == "Quorum Standby" and member["State"] == "streaming"]) == 2


def spread():
    wait(300, follow, "cannot spread: not all members follow the leader; `patronictl list` in a pod shows them")


{"gather": gather, "spread": spread}[sys.argv[1]]()
