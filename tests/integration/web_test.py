#!/usr/bin/env python3
"""The decisions of the page of metrics and traces, run by node; the page itself is tested before real servers, in a browser, by
tests/e2e/observability."""
import json, pathlib, shutil, subprocess, unittest

WEB = pathlib.Path(__file__).resolve().parents[2] / "web"


def evaluate(module, expression):
    """What the expression is, with the module's functions in reach, and no page around it."""
    program = ("const nothing = new Proxy(() => nothing, {get: (_, name) => name === Symbol.iterator ? function* () {} : nothing, apply: () => nothing});"
               "globalThis.document = globalThis.sessionStorage = globalThis.history = nothing; globalThis.location = {hash: ''};"
               f"globalThis.addEventListener = () => {{}}; const it = await import('{WEB / module}'); console.log(JSON.stringify({expression}));")
    run = subprocess.run(["node", "--input-type=module", "-e", program], capture_output=True, text=True, timeout=30)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout.splitlines()[-1])


@unittest.skipUnless(shutil.which("node"), "there is no node")
class Web(unittest.TestCase):
    def test_numbers_in_their_units(self):
        rows = [(0.0421, "s", "42.1 ms"), (1.5, "s", "1.5 s"), (1500, "ms", "1.5 s"), (0, "s", "0 s"), (0.1234, "percentunit", "12.3 %"),
                (1536, "bytes", "1.5 KiB"), (3 << 30, "bytes", "3 GiB"), (2048, "Bps", "2 KiB/s"), (12.345, "reqps", "12.3/s"),
                (12345, "short", "12.3 k"), (7, None, "7"), (None, "s", "–")]
        found = evaluate("metrics.js", f"{json.dumps([row[:2] for row in rows])}.map(([value, unit]) => it.format(value, unit))")
        self.assertEqual(found, [row[2] for row in rows])

    def test_legends_and_variables(self):
        self.assertEqual(evaluate("metrics.js", "it.legend('p95 {{app}} {{none}}', {app: 'api'})"), "p95 api")
        self.assertEqual(evaluate("metrics.js", "it.legend('', {__name__: 'up', job: 'x'})"), 'up{"job":"x"}')
        self.assertEqual(evaluate("metrics.js", "it.fill('a{n=~\"$namespace\"} ${namespace} $other', {namespace: '.*'})"), 'a{n=~".*"} .* $other')

    def test_answers_with_different_times_become_one_table(self):
        found = evaluate("metrics.js", "it.table([{values: [[10, '1'], [20, 'NaN']]}, {values: [[20, '2'], [30, '3']]}])")
        self.assertEqual(found, [[10, 20, 30], [1, None, None], [None, 2, 3]])

    def test_a_waterfall_has_children_below_their_parents(self):
        spans = [("late", "root", 30), ("root", "", 0), ("grandchild", "early", 15), ("early", "root", 10), ("orphan", "elsewhere", 5)]
        given = [{"spanID": name, "startTime": time, "references": [{"spanID": parent}] if parent else []} for name, parent, time in spans]
        found = evaluate("traces.js", f"it.waterfall({json.dumps(given)}).map(({{span, depth}}) => [span.spanID, depth])")
        self.assertEqual(found, [["root", 0], ["early", 1], ["grandchild", 2], ["late", 1], ["orphan", 0]])


if __name__ == "__main__":
    unittest.main()
