"""The example application: what a project needs to be at home in a cluster, and one endpoint per layer."""

import os
from pathlib import Path

from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse

from app.layers import Layers
from app.metrics import Metrics

MESSAGE = Path(__file__).with_name("message.txt")
POD = os.environ.get("HOSTNAME", "local")

app = FastAPI(title="Greenfield example")
layers = Layers(os.environ)
metrics = Metrics()
app.add_middleware(metrics.middleware)


@app.get("/")
async def index():
    """The message, read anew for each request, and the pod that answers."""
    return {"message": MESSAGE.read_text(encoding="utf-8").rstrip("\n"), "pod": POD}


@app.get("/healthz")
async def healthz():
    """The process answers; says nothing about what it depends on."""
    return {"status": "ok"}


@app.get("/readyz")
async def readyz():
    """Whether every layer that this project uses can be reached. Asked every second, so the answer is cached."""
    status = await layers.status()
    ready = all(text == "ok" for text in status.values())
    return JSONResponse({"status": "ok" if ready else "waiting", "layers": status}, status_code=200 if ready else 503)


@app.get("/metrics")
async def prometheus():
    return Response(metrics.render(), media_type=metrics.CONTENT_TYPE)


@app.get("/api/{name}")
async def layer(name: str):
    """Writes to the layer and reads back what was written."""
    if name not in layers.known:
        return JSONResponse({"error": f"there is no layer named '{name}'", "known": sorted(layers.known)}, status_code=404)
    if name not in layers.enabled:
        hint = f"add '{name}' to addons and to the app's uses in greenfield.yaml, then run: gf up"
        return JSONResponse({"error": f"this project does not use {name}", "hint": hint}, status_code=404)
    try:
        return {"layer": name, "pod": POD, **await layers.visit(name)}
    except Exception as error:  # any driver's error means the same to the caller: the layer did not answer
        return JSONResponse({"error": f"cannot reach {name}", "cause": str(error) or type(error).__name__}, status_code=503)
