// What Jaeger knows: the newest traces of a service, and one of them as a waterfall.
import { ask, complain, offer } from "./page.js";
import { format } from "./metrics.js";

const colours = ["#4e79a7", "#f28e2b", "#59a14f", "#b07aa1", "#76b7b2", "#9c755f", "#edc948", "#d37295"];
const limit = "30";
const time = (microseconds) => format(microseconds / 1e6, "s");
const tag = (span, key) => span.tags.find((one) => one.key === key)?.value;
const failed = (span) => tag(span, "error") === true || tag(span, "otel.status_code") === "ERROR";

/** The spans in the order of a waterfall, children below their parents by the time they began, each with its depth. */
export function waterfall(spans) {
  const ids = new Set(spans.map((span) => span.spanID));
  const children = new Map();
  for (const span of spans) {
    const parent = span.references.find((one) => ids.has(one.spanID))?.spanID ?? "";
    children.set(parent, [...(children.get(parent) ?? []), span]);
  }
  const rows = [];
  const walk = (parent, depth) => {
    for (const span of (children.get(parent) ?? []).sort((a, b) => a.startTime - b.startTime)) {
      rows.push({ span, depth });
      walk(span.spanID, depth + 1);
    }
  };
  walk("", 0);
  return rows;
}

function cell(row, text, className = "") {
  row.append(Object.assign(document.createElement("td"), { textContent: text, className }));
}

function list(main, traces) {
  const sheet = document.createElement("table");
  const head = sheet.createTHead().insertRow();
  for (const text of ["began", "what", "services", "spans", "took"]) head.append(Object.assign(document.createElement("th"), { textContent: text }));
  const body = sheet.createTBody();
  for (const trace of traces) {
    const rows = waterfall(trace.spans);
    const first = rows[0].span;
    const begin = Math.min(...trace.spans.map((span) => span.startTime));
    const end = Math.max(...trace.spans.map((span) => span.startTime + span.duration));
    const row = body.insertRow();
    row.classList.toggle("failed", trace.spans.some(failed));
    cell(row, new Date(begin / 1000).toLocaleTimeString());
    const link = Object.assign(document.createElement("a"), { href: `#traces/${trace.traceID}`, textContent: first.operationName });
    row.insertCell().append(link);
    cell(row, [...new Set(Object.values(trace.processes).map((one) => one.serviceName))].sort().join(", "));
    cell(row, trace.spans.length, "number");
    cell(row, time(end - begin), "number");
  }
  main.append(sheet);
  if (!traces.length) main.append(Object.assign(document.createElement("p"), { textContent: "no traces yet" }));
}

function one(main, trace) {
  const begin = Math.min(...trace.spans.map((span) => span.startTime));
  const whole = Math.max(1, ...trace.spans.map((span) => span.startTime + span.duration - begin));
  const services = [...new Set(Object.values(trace.processes).map((process) => process.serviceName))].sort();
  main.append(Object.assign(document.createElement("h2"), { textContent: `Trace ${trace.traceID}: ${trace.spans.length} spans, ${time(whole)}` }));
  for (const { span, depth } of waterfall(trace.spans)) {
    const service = trace.processes[span.processID].serviceName;
    const row = Object.assign(document.createElement("div"), { className: "span" });
    row.classList.toggle("failed", failed(span));
    const name = Object.assign(document.createElement("span"), { className: "name", textContent: `${service}: ${span.operationName}`, title: span.operationName });
    name.style.paddingLeft = `${depth}rem`;
    const lane = Object.assign(document.createElement("span"), { className: "lane" });
    const bar = Object.assign(document.createElement("span"), { className: "bar" });
    const left = (span.startTime - begin) / whole * 100, width = span.duration / whole * 100;
    Object.assign(bar.style, { left: `${left}%`, width: `${width}%`, background: colours[services.indexOf(service) % colours.length] });
    const label = Object.assign(document.createElement("span"), { className: "time", textContent: time(span.duration) });
    if (left + width < 80) label.style.left = `${left + width}%`; else label.style.right = `${100 - left}%`;
    lane.append(bar, label);
    row.append(name, lane);
    row.addEventListener("click", () => {
      const shown = row.querySelector(".tags");
      if (shown) return shown.remove();
      const lines = [...span.tags, ...span.logs.flatMap((log) => log.fields)].map(({ key, value }) => `${key}: ${value}`);
      row.append(Object.assign(document.createElement("div"), { className: "tags", textContent: lines.join("\n") }));
    });
    main.append(row);
  }
}

export function showTraces(main, [id, service]) {
  let ended = false;
  (async () => {
    if (id && id !== "of") {
      const found = await ask(`/data/traces/one/${encodeURIComponent(id)}`);
      if (!ended) one(main, found.data[0]);
      return;
    }
    const services = ((await ask("/data/traces/services")).data ?? []).filter((name) => name !== "jaeger").sort();
    const chosen = service ?? services[0];
    if (ended) return;
    offer("service", services.map((name) => [name, name]), chosen, (value) => { location.hash = `traces/of/${encodeURIComponent(value)}`; });
    const found = chosen ? await ask("/data/traces/search", { service: chosen, limit, lookback: "1h" }) : { data: [] };
    if (!ended) list(main, found.data);
  })().catch((error) => { if (!ended) complain(error); });
  return () => { ended = true; };
}
