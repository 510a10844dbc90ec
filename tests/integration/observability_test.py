#!/usr/bin/python3
"""The rendered addons of observability: who may reach whom, with what rights they run, and the files that Grafana is given."""
import contextlib, importlib.util, io, json, shutil, unittest

import yaml

from manifests_test import APPLICATION, FOREIGN, KINDS, NAMES, NODE, OUTSIDE, ROOT, Peer, Policies, rendered

SPACE = "observability"
DASHBOARDS = ROOT / "addons/grafana/manifests/base/dashboards"
NEED_THE_API = {"prometheus", "kube-state-metrics", "otel-collector"}


@unittest.skipUnless(shutil.which("kubectl"), "there is no kubectl")
class Observability(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.all = [one for one in rendered() if cls.spec(one.addon)["namespace"] == SPACE]
        cls.dev = {one.addon: one for one in rendered() if one.path.name == "dev"}

    @staticmethod
    def spec(addon):
        return yaml.safe_load((ROOT / "addons" / addon / "addon.yaml").read_text())

    def workloads(self):
        for one in self.all:
            for workload in one.all(*KINDS):
                yield one, workload["metadata"]["name"], workload["spec"]["template"]

    def pod(self, name):
        return next(Peer(SPACE, template["metadata"]["labels"]) for _, found, template in self.workloads() if found == name)

    def together(self):
        return Policies([thing for one in self.all if one.path.name == "dev" for thing in one.objects])

    def test_there_are_four_in_two_sizes(self):
        self.assertEqual(sorted((one.addon, one.path.name) for one in self.all),
                         [(name, size) for name in ("grafana", "jaeger", "otel-collector", "prometheus") for size in ("dev", "full")])

    def test_nothing_has_more_rights_than_it_needs(self):
        for one, name, template in self.workloads():
            pod = template["spec"]
            with self.subTest(addon=one.addon, profile=one.path.name, workload=name):
                self.assertEqual(pod["automountServiceAccountToken"], name in NEED_THE_API)
                self.assertTrue(pod["securityContext"]["runAsNonRoot"] and pod["securityContext"]["runAsUser"])
                self.assertEqual(pod["securityContext"]["seccompProfile"], {"type": "RuntimeDefault"})
                for container in pod["containers"]:
                    rights = container["securityContext"]
                    self.assertEqual(rights, {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}})
        for one in self.all:
            for space in one.all("Namespace"):
                self.assertEqual(space["metadata"]["labels"]["pod-security.kubernetes.io/enforce"], "restricted")
            for role in one.all("ClusterRole", "Role"):
                for rule in role["rules"]:
                    self.assertLessEqual(set(rule["verbs"]), {"get", "list", "watch"}, role["metadata"]["name"])
                    self.assertNotIn("secrets", rule["resources"])

    def test_applications_reach_the_collector_and_nothing_else(self):
        policies = self.together()
        for one in self.all:
            for endpoint in self.spec(one.addon)["endpoints"]:
                pod, port = self.pod(endpoint["service"]), endpoint["port"]
                with self.subTest(endpoint=endpoint["name"]):
                    self.assertTrue(policies.allow("Ingress", pod, NODE, port))
                    self.assertEqual(policies.allow("Ingress", pod, APPLICATION, port), one.addon == "otel-collector")
                    self.assertFalse(policies.allow("Ingress", pod, FOREIGN, port))

    def test_they_reach_one_another_where_they_must(self):
        policies = self.together()
        ways = [("otel-collector", "jaeger", 4317), ("otel-collector", "prometheus", 9090), ("prometheus", "alert-receiver", 9093),
                ("prometheus", "kube-state-metrics", 8080), ("grafana", "prometheus", 9090), ("grafana", "jaeger", 16686)]
        for source, target, port in ways:
            with self.subTest(source=source, target=target):
                self.assertTrue(policies.allow("Egress", self.pod(source), self.pod(target), port))
                self.assertTrue(policies.allow("Ingress", self.pod(target), self.pod(source), port))
        for _, name, _ in self.workloads():
            with self.subTest(pod=name):
                self.assertTrue(policies.allow("Egress", self.pod(name), NAMES, 53, "UDP"))
                self.assertFalse(policies.allow("Egress", self.pod(name), OUTSIDE, 443))
                self.assertEqual(policies.allow("Egress", self.pod(name), NODE, 6443), name in NEED_THE_API)
        self.assertFalse(policies.allow("Egress", self.pod("jaeger"), self.pod("prometheus"), 9090))

    def test_prometheus_reaches_whatever_says_that_it_has_metrics(self):
        asked = 0
        for addon, one in self.dev.items():
            for workload in one.all(*KINDS):
                template = workload["spec"]["template"]
                annotations = template["metadata"].get("annotations", {})
                if annotations.get("prometheus.io/scrape") != "true":
                    continue
                asked += 1
                pod = Peer(self.spec(addon)["namespace"], template["metadata"]["labels"])
                port = int(annotations["prometheus.io/port"])
                with self.subTest(addon=addon):
                    self.assertTrue(self.together().allow("Egress", self.pod("prometheus"), pod, port))
                    self.assertTrue(Policies(one.objects).allow("Ingress", pod, self.pod("prometheus"), port))
        self.assertGreaterEqual(asked, 10)


class Dashboards(unittest.TestCase):
    def test_each_is_whole_and_asks_a_data_source_that_there_is(self):
        known = {one["uid"] for one in yaml.safe_load((DASHBOARDS.parent / "datasources.yaml").read_text())["datasources"]}
        given = (DASHBOARDS.parent / "kustomization.yaml").read_text()
        self.assertEqual(sorted(path.stem for path in DASHBOARDS.iterdir()), ["applications", "databases", "infrastructure", "mesh"])
        for path in DASHBOARDS.iterdir():
            board = json.loads(path.read_text())
            with self.subTest(dashboard=path.name):
                self.assertIn(f"dashboards/{path.name}", given)
                self.assertEqual(board["uid"], path.stem)
                numbers = [panel["id"] for panel in board["panels"]]
                self.assertEqual(len(numbers), len(set(numbers)))
                for panel in board["panels"]:
                    self.assertIn(panel["datasource"]["uid"], known)
                    self.assertTrue(panel["title"] and panel["targets"])
                    self.assertTrue(all(target["expr"] and target["legendFormat"] for target in panel["targets"]), panel["title"])


class Receiver(unittest.TestCase):
    def setUp(self):
        path = ROOT / "addons/prometheus/manifests/base/receiver.py"
        loading = importlib.util.spec_from_file_location("receiver", path)
        self.receiver = importlib.util.module_from_spec(loading)
        loading.loader.exec_module(self.receiver)

    def told(self, *alerts):
        """The states of the lines that it writes."""
        with contextlib.redirect_stdout(io.StringIO()) as out:
            self.receiver.receive([{"labels": {"alertname": name}, "endsAt": f"{year}-01-01T00:00:00.123Z"} for name, year in alerts])
        return [(line["labels"]["alertname"], line["state"]) for line in map(json.loads, out.getvalue().splitlines())]

    def test_a_change_is_told_once(self):
        self.assertEqual(self.told(("a", 2999), ("b", 2000)), [("a", "firing")])
        self.assertEqual(self.told(("a", 2999)), [])
        self.assertEqual(self.told(("a", 2000)), [("a", "resolved")])
        self.assertEqual(self.told(("a", 2000)), [])

    def test_the_longest_unheard_of_is_forgotten(self):
        self.told(*((str(number), 2999) for number in range(self.receiver.LIMIT + 3)))
        self.assertEqual(len(self.receiver.known), self.receiver.LIMIT)


if __name__ == "__main__":
    unittest.main()
