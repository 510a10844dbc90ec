#!/usr/bin/python3
"""What the rendered manifests of all addons have to keep: Pod Security, who may reach whom, what they ask for."""
import ipaddress, json, pathlib, shutil, subprocess, unittest

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
LAYER = ("redis", "postgres", "mysql", "mongodb", "kafka", "zookeeper")
CLUSTER_ADDONS = {"sealed-secrets": (8080, 8081), "metrics-server": (10250, None)}  # in kube-system: what it serves, its metrics
DATA_LIMIT_MIB = 1126  # 1.1 GiB for the whole layer in its dev profiles
KINDS = ("Deployment", "StatefulSet", "DaemonSet")
NAME, INSTANCE = "app.kubernetes.io/name", "app.kubernetes.io/instance"
COMPONENT, MANAGED = "app.kubernetes.io/component", "app.kubernetes.io/managed-by"


def mib(text):
    units = {"Gi": 1024, "Mi": 1, "Ki": 1 / 1024}
    return float(text[:-2]) * units[text[-2:]]


class Rendered:
    """One profile of one addon, as `kubectl kustomize` makes it."""

    def __init__(self, addon, path):
        self.addon, self.path = addon, path
        run = subprocess.run(["kubectl", "kustomize", str(path)], capture_output=True, text=True)
        assert run.returncode == 0, run.stderr
        self.objects = [one for one in yaml.safe_load_all(run.stdout) if one]

    def all(self, *kinds):
        return [one for one in self.objects if one["kind"] in kinds]

    def request_mib(self):
        """As the scheduler counts: the containers' sum, or one that runs before them if that is more."""
        total = 0
        for workload in self.all(*KINDS):
            pod = workload["spec"]["template"]["spec"]
            asked = [[mib(one["resources"]["requests"]["memory"]) for one in pod.get(which, [])]
                     for which in ("containers", "initContainers")]
            total += workload["spec"].get("replicas", 1) * max(sum(asked[0]), *asked[1], 0)
        return total


def rendered():
    for path in sorted(ROOT.glob("addons/*/manifests/profiles/*")):
        yield Rendered(path.parts[-4], path)


class Peer:
    """One side of a connection."""

    def __init__(self, space="", labels=None, space_labels=None, address="10.244.1.7"):
        self.space, self.labels, self.address = space, labels or {}, ipaddress.ip_address(address)
        self.space_labels = {"kubernetes.io/metadata.name": space, **(space_labels or {})}


def selects(selector, labels):
    assert set(selector) <= {"matchLabels"}, "this test knows matchLabels only"
    return all(labels.get(key) == value for key, value in selector.get("matchLabels", {}).items())


def admits(rule, space, peer, port, protocol, direction):
    wanted = [(one["port"], one.get("protocol", "TCP")) for one in rule.get("ports", [])]
    if wanted and (port, protocol) not in wanted:
        return False
    for side in rule[direction]:
        if "ipBlock" in side:
            if peer.address in ipaddress.ip_network(side["ipBlock"]["cidr"]) and not any(
                    peer.address in ipaddress.ip_network(net) for net in side["ipBlock"].get("except", [])):
                return True
        elif peer.space and (selects(side["namespaceSelector"], peer.space_labels) if "namespaceSelector" in side else peer.space == space) and \
                selects(side.get("podSelector", {}), peer.labels):
            return True
    return False


class Policies:
    """NetworkPolicies taken together, as the Kubernetes API defines them."""

    def __init__(self, objects):
        self.policies = [one for one in objects if one["kind"] == "NetworkPolicy"]

    def allow(self, kind, pod, peer, port, protocol="TCP"):
        chosen = [one for one in self.policies if one["metadata"]["namespace"] == pod.space and kind in one["spec"]["policyTypes"]
                  and selects(one["spec"]["podSelector"], pod.labels)]
        direction = {"Ingress": "from", "Egress": "to"}[kind]
        return not chosen or any(admits(rule, pod.space, peer, port, protocol, direction)
                                 for one in chosen for rule in one["spec"].get(kind.lower(), []))


APPLICATION = Peer("shop", space_labels={MANAGED: "greenfield"})
FOREIGN = Peer("foreign", {NAME: "curious"})
NODE = Peer(address="172.18.0.3")
NAMES = Peer("kube-system", {"k8s-app": "kube-dns"})
MESHED = Peer("shop", space_labels={MANAGED: "greenfield", "istio-injection": "enabled"})
PROMETHEUS = Peer("observability", {NAME: "prometheus"})
OUTSIDE = Peer(address="93.184.216.34")


@unittest.skipUnless(shutil.which("kubectl"), "there is no kubectl")
class Manifests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.all = list(rendered())

    def addons(self):
        """(rendered profile, its addon.yaml, one of its pods that serve an endpoint) for those that live in `data`."""
        for one in self.all:
            spec = yaml.safe_load((ROOT / "addons" / one.addon / "addon.yaml").read_text())
            if spec["namespace"] == "data":
                labels = one.all(*KINDS)[0]["spec"]["template"]["metadata"]["labels"]
                yield one, spec, Peer("data", labels)

    def test_the_dev_profiles_of_the_data_layer_ask_for_little(self):
        asked = {one.addon: one.request_mib() for one in self.all if one.path.name == "dev" and one.addon in LAYER}
        self.assertEqual(sorted(asked), sorted(LAYER))
        self.assertLessEqual(sum(asked.values()), DATA_LIMIT_MIB, asked)

    def test_every_container_has_a_limit(self):
        for one in self.all:
            for workload in one.all(*KINDS):
                pod = workload["spec"]["template"]["spec"]
                for container in pod["containers"] + pod.get("initContainers", []):
                    with self.subTest(addon=one.addon, profile=one.path.name, container=container["name"]):
                        resources = container["resources"]
                        self.assertLessEqual(mib(resources["requests"]["memory"]), mib(resources["limits"]["memory"]))

    def test_every_pod_keeps_to_pod_security_restricted(self):
        for one in self.all:
            for workload in one.all(*KINDS):
                pod = workload["spec"]["template"]["spec"]
                self.assertFalse({"hostNetwork", "hostPID", "hostIPC"} & set(pod), one.addon)
                self.assertFalse([volume for volume in pod.get("volumes", []) if "hostPath" in volume], one.addon)
                self.assertEqual(pod["securityContext"]["seccompProfile"], {"type": "RuntimeDefault"}, one.addon)
                self.assertTrue(pod["securityContext"]["runAsNonRoot"], one.addon)
                for container in pod["containers"] + pod.get("initContainers", []):
                    with self.subTest(addon=one.addon, profile=one.path.name, container=container["name"]):
                        confined = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}
                        self.assertEqual(container["securityContext"] | confined, container["securityContext"])
                        self.assertFalse(container["securityContext"].get("privileged", False))

    def test_the_namespace_enforces_pod_security(self):
        for one, spec, _ in self.addons():
            with self.subTest(addon=one.addon, profile=one.path.name):
                labels = {space["metadata"]["name"]: space["metadata"]["labels"] for space in one.all("Namespace")}
                for mode in ("enforce", "warn", "audit"):
                    self.assertEqual(labels["data"][f"pod-security.kubernetes.io/{mode}"], "restricted")

    def test_applications_and_nodes_reach_the_endpoints_and_foreigners_do_not(self):
        for one, spec, pod in self.addons():
            policies = Policies(one.objects)
            is_exporter = pod.labels[COMPONENT] == "metrics"
            for endpoint in spec["endpoints"]:
                port = endpoint["port"]
                with self.subTest(addon=one.addon, profile=one.path.name, port=port):
                    self.assertTrue(policies.allow("Ingress", pod, NODE, port))
                    self.assertTrue(policies.allow("Ingress", pod, PROMETHEUS if is_exporter else APPLICATION, port))
                    self.assertFalse(policies.allow("Ingress", pod, FOREIGN, port))

    def test_in_the_namespace_of_the_cluster_an_addon_speaks_for_its_own_pods_only(self):
        for one in self.all:
            if one.addon not in CLUSTER_ADDONS:
                continue
            port, metrics = CLUSTER_ADDONS[one.addon]
            pod = Peer("kube-system", one.all(*KINDS)[0]["spec"]["template"]["metadata"]["labels"])
            policies = Policies(one.objects)
            with self.subTest(profile=one.path.name):
                self.assertFalse(one.all("Namespace"))
                self.assertTrue(policies.allow("Ingress", NAMES, FOREIGN, 53, "UDP") and policies.allow("Egress", NAMES, OUTSIDE, 53, "UDP"))
                self.assertTrue(policies.allow("Ingress", pod, NODE, port))
                self.assertFalse(policies.allow("Ingress", pod, APPLICATION, port) or policies.allow("Ingress", pod, PROMETHEUS, port))
                self.assertTrue(metrics is None or policies.allow("Ingress", pod, PROMETHEUS, metrics))
                self.assertTrue(policies.allow("Egress", pod, NODE, 6443))
                self.assertFalse(policies.allow("Egress", pod, APPLICATION, 6443) or policies.allow("Egress", pod, OUTSIDE, 443))

    def test_members_reach_one_another_and_names_are_resolved(self):
        for one, spec, pod in self.addons():
            policies = Policies(one.objects)
            with self.subTest(addon=one.addon, profile=one.path.name):
                if one.all("StatefulSet"):
                    self.assertTrue(policies.allow("Ingress", pod, pod, 12345) and policies.allow("Egress", pod, pod, 12345))
                self.assertTrue(policies.allow("Egress", pod, NAMES, 53, "UDP"))
                self.assertFalse(policies.allow("Egress", pod, OUTSIDE, 443))

    def test_an_exporter_reaches_its_server(self):
        found = {one.addon: (spec, pod, one) for one, spec, pod in self.addons() if one.path.name == "dev"}
        for name, (spec, pod, one) in found.items():
            if not name.endswith("-exporter"):
                continue
            server_spec, server, server_one = found[spec["requires"][0]]
            both, port = Policies(one.objects + server_one.objects), server_spec["endpoints"][0]["port"]
            with self.subTest(exporter=name):
                self.assertTrue(both.allow("Egress", pod, server, port) and both.allow("Ingress", server, pod, port))

    def test_metrics_are_for_prometheus_and_not_for_applications(self):
        for one, spec, pod in self.addons():
            annotations = one.all(*KINDS)[0]["spec"]["template"]["metadata"]["annotations"]
            with self.subTest(addon=one.addon, profile=one.path.name):
                if annotations["prometheus.io/scrape"] == "false":
                    continue
                port = int(annotations["prometheus.io/port"])
                policies = Policies(one.objects)
                self.assertTrue(policies.allow("Ingress", pod, PROMETHEUS, port))
                self.assertFalse(policies.allow("Ingress", pod, APPLICATION, port))
                self.assertTrue(annotations["prometheus.io/path"].startswith("/"))

    def test_who_is_no_addon_of_ours_reaches_nobody_in_the_namespace(self):
        for one, spec, pod in self.addons():
            stranger = Peer("data", {NAME: "stranger"})
            policies = Policies(one.objects)
            with self.subTest(addon=one.addon, profile=one.path.name):
                self.assertFalse(policies.allow("Egress", stranger, pod, spec["endpoints"][0]["port"]))
                self.assertFalse(policies.allow("Ingress", stranger, APPLICATION, 80))

    def test_the_mesh_reaches_what_it_leads_and_nobody_else_reaches_it(self):
        for one in (one for one in self.all if one.addon == "istio"):
            policies = Policies(one.objects)
            pods = {pod["metadata"]["name"]: Peer("istio-system", pod["spec"]["template"]["metadata"]["labels"]) for pod in one.all(*KINDS)}
            istiod, gateway = pods["istiod"], pods["istio-ingress"]
            with self.subTest(profile=one.path.name):
                for peer, pod, port in ((MESHED, istiod, 15012), (gateway, istiod, 15012), (NODE, istiod, 15017), (NODE, gateway, 8080),
                                        (NODE, gateway, 8443), (APPLICATION, gateway, 8080), (PROMETHEUS, gateway, 15020), (PROMETHEUS, istiod, 15014)):
                    self.assertTrue(policies.allow("Ingress", pod, peer, port), (peer.space, port))
                for peer, pod, port in ((FOREIGN, istiod, 15012), (APPLICATION, istiod, 15012), (FOREIGN, gateway, 8080), (MESHED, istiod, 15017)):
                    self.assertFalse(policies.allow("Ingress", pod, peer, port), (peer.space, port))
                self.assertTrue(policies.allow("Egress", gateway, istiod, 15012) and policies.allow("Egress", gateway, MESHED, 8000))
                self.assertTrue(policies.allow("Egress", istiod, NODE, 6443))
                self.assertFalse(policies.allow("Egress", gateway, APPLICATION, 8000) or policies.allow("Egress", istiod, OUTSIDE, 443))
                labels = one.all("Namespace")[0]["metadata"]["labels"]
                self.assertEqual(labels["pod-security.kubernetes.io/enforce"], "restricted")

    def test_the_sidecars_are_our_image_and_small(self):
        for one in (one for one in self.all if one.addon == "istio"):
            injector = next(config for config in one.all("ConfigMap") if config["metadata"]["name"] == "istio-sidecar-injector")
            self.assertIn("greenfield.dev/names-images", injector["metadata"]["annotations"])
            settings = json.loads(injector["data"]["values"])["global"]
            for part in ("proxy", "proxy_init"):
                self.assertEqual(settings[part]["image"], "greenfield/istio-proxy")
            self.assertEqual(settings["imagePullPolicy"], "IfNotPresent")
            self.assertLessEqual(mib(settings["proxy"]["resources"]["requests"]["memory"]), 40)
            self.assertLessEqual(mib(settings["proxy"]["resources"]["limits"]["memory"]), 192)


if __name__ == "__main__":
    unittest.main()
