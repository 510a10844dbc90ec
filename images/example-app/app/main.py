"""The example application: what a project needs to be at home in a cluster, one endpoint per layer, and a page of them all."""

import asyncio
import os
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse

from app import logs, tracing
from app.layers import KNOWN, Layers, Unreachable, how_to_enable
from app.metrics import Metrics
from app.requests import watched

HERE = Path(__file__).parent
POD = os.environ.get("HOSTNAME", "local")

logs.start()
traces = tracing.start(os.environ, POD)
layers = Layers(os.environ)
metrics = Metrics(layers.pools)
consumer = None
if "kafka" in layers.enabled:
    from app.consumer import Consumer

    consumer = Consumer(os.environ, metrics.consumed)


@asynccontextmanager
async def lifespan(_):
    consuming = asyncio.create_task(consumer.run()) if consumer else None
    yield
    if consuming:
        consuming.cancel()
        await asyncio.wait([consuming])
    await tracing.flush(traces)


app = FastAPI(title="Greenfield example", lifespan=lifespan, telemetry={"exclude": tracing.is_untraced, "operation_spans": False})
app.add_middleware(watched, metrics=metrics)


def greeting():
    """The message, read anew for each request, and the pod that answers."""
    return {"message": (HERE / "message.txt").read_text(encoding="utf-8").rstrip("\n"), "pod": POD}


@app.get("/")
async def index(request: Request):
    """The page for a browser, the greeting for everybody else."""
    if "text/html" in request.headers.get("accept", ""):
        return HTMLResponse((HERE / "page.html").read_text(encoding="utf-8"), headers={"Vary": "Accept"})
    return JSONResponse(greeting(), headers={"Vary": "Accept"})


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
async def prometheus(request: Request):
    text, content_type = metrics.render(request.headers.get("accept"))
    return Response(text, headers={"Content-Type": content_type})


@app.get("/api")
async def overview():
    """What the page shows: one row per layer."""
    return {**greeting(), "layers": await layers.rows()}


def not_used(name):
    return JSONResponse({"error": f"this project does not use {name}", "hint": how_to_enable(name)}, status_code=404)


@app.get("/api/kafka/consumer")
async def consumed():
    """What this replica's consumer has taken from the topic that a visit writes to."""
    return {"pod": POD, **consumer.seen()} if consumer else not_used("kafka")


async def visit(name):
    with metrics.visit(name):
        return await layers.visit(name)


@app.get("/api/all")
async def everything():
    """Visits every layer that this project uses, one after the other: one request, one trace."""
    answers, failed = {}, False
    for name in layers.enabled:
        try:
            answers[name] = await visit(name)
        except Unreachable as error:
            answers[name], failed = {"error": f"cannot reach {name}", "cause": str(error)}, True
    return JSONResponse({"pod": POD, "trace": tracing.trace_id(), "layers": answers}, status_code=503 if failed else 200)


@app.get("/api/{name}")
async def layer(name: str):
    """Writes to the layer and reads back what was written."""
    if name not in KNOWN:
        return JSONResponse({"error": f"there is no layer named '{name}'", "known": sorted(KNOWN)}, status_code=404)
    if name not in layers.enabled:
        return not_used(name)
    try:
        return {"layer": name, "pod": POD, **await visit(name)}
    except Unreachable as error:
        return JSONResponse({"error": f"cannot reach {name}", "cause": str(error)}, status_code=503)
