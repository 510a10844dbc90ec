// The dashboards of the addon grafana, drawn without it: each time series panel with the answers of Prometheus.
import { ask, complain, offer } from "./page.js";

const ranges = [["300", "5 minutes"], ["1800", "30 minutes"], ["7200", "2 hours"], ["21600", "6 hours"]];
const colours = ["#4e79a7", "#f28e2b", "#59a14f", "#e15759", "#76b7b2", "#b07aa1", "#9c755f", "#edc948", "#d37295", "#79706e"];
const refreshSeconds = 15;
const pointsWanted = 120;

/** A number in the words of Grafana's units. */
export function format(value, unit) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  const scaled = (base, names) => {
    let step = 0;
    for (let size = Math.abs(value); size >= base && step < names.length - 1; size /= base) ++step;
    return `${Number((value / base ** step).toPrecision(3))}${names[step]}`;
  };
  switch (unit) {
    case "percentunit": return `${Number((value * 100).toPrecision(3))} %`;
    case "s": return value !== 0 && Math.abs(value) < 1 ? format(value * 1000, "ms") : `${Number(value.toPrecision(3))} s`;
    case "ms": return Math.abs(value) >= 1000 ? format(value / 1000, "s") : `${Number(value.toPrecision(3))} ms`;
    case "bytes": return scaled(1024, [" B", " KiB", " MiB", " GiB", " TiB"]);
    case "Bps": return `${scaled(1024, [" B", " KiB", " MiB", " GiB"])}/s`;
    case "reqps": case "ops": return `${Number(value.toPrecision(3))}/s`;
    default: return scaled(1000, ["", " k", " M", " G"]);
  }
}

/** "{{app}} {{path}}" with the labels of one series; without a pattern all of its labels. */
export function legend(pattern, labels) {
  if (pattern) return pattern.replace(/\{\{\s*([^}\s]+)\s*\}\}/g, (_, name) => labels[name] ?? "").trim() || "value";
  const { __name__: name = "", ...rest } = labels;
  return name + JSON.stringify(rest);
}

/** "$namespace" and "${namespace}" by what was chosen. */
export function fill(expression, chosen) {
  return expression.replace(/\$\{?(\w+)\}?/g, (whole, name) => chosen[name] ?? whole);
}

/** The answers of several queries as uPlot wants them: one list of times, and for each series its values at these. */
export function table(answers) {
  const times = [...new Set(answers.flatMap((one) => one.values.map(([time]) => time)))].sort((a, b) => a - b);
  const place = new Map(times.map((time, index) => [time, index]));
  const columns = answers.map((one) => {
    const column = new Array(times.length).fill(null);
    for (const [time, value] of one.values) column[place.get(time)] = Number.isFinite(+value) ? +value : null;
    return column;
  });
  return [times, ...columns];
}

async function query(panel, seconds, chosen) {
  const end = Math.floor(Date.now() / 1000);
  const step = Math.max(5, Math.ceil(seconds / pointsWanted));
  const answers = await Promise.all(panel.targets.map(async (target) => {
    const found = await ask("/data/metrics/query_range", { query: fill(target.expr, chosen), start: end - seconds, end, step });
    return found.data.result.map((one) => ({ name: legend(target.legendFormat, one.metric), values: one.values }));
  }));
  return { span: [end - seconds, end], answers: answers.flat() };
}

function draw(box, panel, { span, answers }) {
  box.querySelector(".chart").replaceChildren();
  if (!answers.length) {
    const nothing = document.createElement("p");
    nothing.className = "nothing";
    nothing.textContent = "no data";
    box.querySelector(".chart").append(nothing);
    return;
  }
  const { unit, min } = panel.fieldConfig?.defaults ?? {};
  const series = answers.map((one, index) => ({
    label: one.name, stroke: colours[index % colours.length], width: 1.5, value: (_, value) => format(value, unit),
  }));
  const style = getComputedStyle(document.body);
  const axis = { stroke: style.color, grid: { stroke: "#8883" }, ticks: { stroke: "#8883" } };
  new uPlot({
    width: box.clientWidth - 16, height: 180, cursor: { sync: { key: "time" } },
    scales: { x: { range: () => span }, y: { range: (_, low, high) => uPlot.rangeNum(min ?? low, high === low ? high + 1 : high, 0.1, true) } },
    axes: [axis, { ...axis, size: 70, values: (_, values) => values.map((value) => format(value, unit)) }],
    series: [{}, ...series],
  }, table(answers), box.querySelector(".chart"));
}

/** The values that a variable of a dashboard can have: "label_values(metric, label)". */
async function values(variable) {
  const [, metric, label] = /^label_values\((.+),\s*(\w+)\)$/.exec(variable.query) ?? [];
  if (!label) return [];
  return (await ask(`/data/metrics/values/${label}`, { "match[]": metric })).data;
}

export function showMetrics(main, [file, seconds = "1800", ...picked]) {
  let ended = false, timer = 0;
  const go = (...parts) => { location.hash = `metrics/${parts.map(encodeURIComponent).join("/")}`; };
  (async () => {
    const files = await (await fetch("/dashboards")).json();
    const all = new Map(await Promise.all(files.map(async (name) => [name, await (await fetch(`/dashboards/${name}`)).json()])));
    const name = all.has(file) ? file : files[0];
    const dashboard = all.get(name);
    if (ended || !dashboard) return;
    offer("dashboard", [...all].map(([key, one]) => [key, one.title]), name, (value) => go(value, seconds));
    offer("of the last", ranges, seconds, (value) => go(name, value, ...picked));
    const boxes = dashboard.panels.map((panel) => {
      const box = document.createElement("section");
      box.className = "panel";
      box.append(Object.assign(document.createElement("h2"), { textContent: panel.title }));
      box.append(Object.assign(document.createElement("div"), { className: "chart" }));
      return box;
    });
    const grid = document.createElement("div");
    grid.className = "panels";
    grid.append(...boxes);
    main.append(grid);
    const variables = dashboard.templating?.list ?? [];
    const chosen = Object.fromEntries(variables.map((one, index) => [one.name, picked[index] || one.allValue || ".*"]));
    const refresh = async () => {
      const results = await Promise.allSettled(dashboard.panels.map(async (panel, index) => {
        const found = await query(panel, +seconds, chosen);
        if (!ended) draw(boxes[index], panel, found);
      }));
      if (ended) return;
      complain(results.find((one) => one.status === "rejected")?.reason ?? null);
      main.dataset.refreshed = new Date().toISOString();
      timer = setTimeout(refresh, refreshSeconds * 1000);
    };
    await refresh();
    for (const [index, one] of variables.entries()) {
      const found = await values(one);
      if (ended) return;
      offer(one.label ?? one.name, [["", "all"], ...found.map((value) => [value, value])], picked[index] ?? "", (value) => go(name, seconds, ...picked.slice(0, index), value));
    }
  })().catch((error) => { if (!ended) complain(error); });
  return () => { ended = true; clearTimeout(timer); };
}
