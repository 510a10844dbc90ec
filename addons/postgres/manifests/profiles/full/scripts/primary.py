"""Run by Patroni when a member starts or changes its role: `primary.py ACTION ROLE SCOPE`.

Each member puts its own role on its pod, where the Services look for it. One that is lost cannot take it away: the new
leader does, else the Service would go on to lead to both. Patroni ends this program when it starts the next one.
"""
import os, sys, time

import api

SELECTOR = "app.kubernetes.io/name%3Dpostgres,app.kubernetes.io/instance%3Dpostgres,greenfield.dev/role%3Dprimary"

while sys.argv[2] == "primary":
    try:
        for pod in api.call("GET", "pods?labelSelector=" + SELECTOR)["items"]:
            name = pod["metadata"]["name"]
            if name != os.environ["POD_NAME"]:
                api.call("PATCH", "pods/" + name, {"metadata": {"labels": {"greenfield.dev/role": None}}})
        break
    except OSError as error:
        print(f"cannot take the role from the former leader's pod: {error}", flush=True)
        time.sleep(1)
