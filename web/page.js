// Which view is shown, and who may ask for its data: the address's code is exchanged once for a token that stays in this tab.
import { showMetrics } from "./metrics.js";
import { showTraces } from "./traces.js";

const views = { metrics: showMetrics, traces: showTraces };
const trouble = document.getElementById("trouble");
let stop = () => {};

export async function ask(path, query = {}) {
  const answer = await fetch(`${path}?${new URLSearchParams(query)}`, {
    headers: { Authorization: `Bearer ${sessionStorage.getItem("token") ?? ""}` },
  });
  if (answer.ok) return answer.json();
  const { error } = await answer.json().catch(() => ({}));
  throw new Error(typeof error === "object" ? [error.message, error.hint && `try: ${error.hint}`].filter(Boolean).join("\n") : error ?? `HTTP ${answer.status}`);
}

export function complain(error) {
  trouble.textContent = error?.message ?? "";
  trouble.hidden = !error;
}

/** A labelled list in the head of the page; `choose` is called with the value that is picked. */
export function offer(label, values, chosen, choose) {
  const field = document.createElement("label");
  const list = document.createElement("select");
  for (const [value, text] of values) list.add(new Option(text, value, false, value === chosen));
  list.addEventListener("change", () => choose(list.value));
  field.append(`${label} `, list);
  document.getElementById("choices").append(field);
}

async function begin(code) {
  const answer = await fetch("/session", { method: "POST", body: code });
  if (!answer.ok) return;  // an old address in a tab that has its token goes on
  sessionStorage.setItem("token", await answer.text());
}

/** "#traces/4bf92f?code=…": the view, what of it, and the code, which is taken out of the address. */
async function show() {
  const [path, query] = location.hash.slice(1).split("?");
  const code = new URLSearchParams(query).get("code");
  if (code) {
    await begin(code);
    history.replaceState(null, "", `#${path}`);
  }
  const [name, ...rest] = path.split("/");
  const view = views[name] ? name : "metrics";
  for (const link of document.querySelectorAll("nav a")) link.toggleAttribute("aria-current", link.hash === `#${view}`);
  stop();
  complain(null);
  document.getElementById("choices").replaceChildren();
  const main = document.getElementById("view");
  main.replaceChildren();
  stop = views[view](main, rest.map(decodeURIComponent)) ?? (() => {});
}

addEventListener("hashchange", show);
show();
