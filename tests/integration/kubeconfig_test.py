"""The user's own kubeconfig: never touched unless they say so, and then nothing in it is lost."""
import json, pathlib, shutil, stat, sys, unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from gfd import Gfd
from replay import ANSWERS, replay

RECORDED = json.loads((ANSWERS / "v1/kubeconfig.json").read_text())["kubeconfig"]
OWN = """apiVersion: v1
kind: Config
current-context: work
clusters: [{name: work, cluster: {server: "https://work.example:6443"}}]
contexts: [{name: work, context: {cluster: work, user: ann}}]
users: [{name: ann, user: {token: secret-token}}]
"""


class Kubeconfig(unittest.TestCase):
    def setUp(self):
        self.gfd = Gfd()
        self.addCleanup(self.gfd.close)
        self.gfd.env.pop("KUBECONFIG", None)
        self.gfd.runtime.mkdir(parents=True)
        self.addCleanup(replay(self.gfd.socket))

    def own(self, path):
        path.parent.mkdir(parents=True)
        path.write_text(OWN)
        return path

    def merged(self, path):
        """What kubectl finds in `path`."""
        shown = self.gfd.run("kubectl", "--kubeconfig", path, "config", "view", "--raw", "-o", "json")
        self.assertEqual(shown.returncode, 0, shown.stderr)
        return json.loads(shown.stdout)

    def test_it_is_printed_and_the_users_own_is_left_alone(self):
        own = self.own(self.gfd.work / ".kube/config")
        self.assertEqual(self.gfd.gf("kubeconfig").stdout, RECORDED)
        self.assertEqual(json.loads(self.gfd.gf("-o", "json", "kubeconfig").stdout), {"kubeconfig": RECORDED})
        self.assertEqual(own.read_text(), OWN)
        self.assertEqual(list(own.parent.iterdir()), [own])

    @unittest.skipUnless(shutil.which("kubectl"), "there is no kubectl")
    def test_merged_it_stands_beside_what_was_there(self):
        elsewhere = self.own(self.gfd.work / "it's $(here)/config")
        for path, configured in ((self.own(self.gfd.work / ".kube/config"), None), (elsewhere, f"{elsewhere}:/another")):
            if configured:
                self.gfd.env["KUBECONFIG"] = configured
            for _ in range(2):  # twice is the same as once
                done = self.gfd.gf("kubeconfig", "--merge")
                self.assertEqual((done.returncode, done.stdout), (0, f"merged into {path}\n"), done.stderr)
            config = self.merged(path)
            self.assertEqual(sorted(one["name"] for one in config["contexts"]), ["greenfield", "work"])
            self.assertIn("secret-token", [one["user"].get("token") for one in config["users"]])
            self.assertIn("a2V5", [one["user"].get("client-key-data") for one in config["users"]])
            self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
            self.assertEqual(list(path.parent.iterdir()), [path])

    def test_without_kubectl_nothing_changes(self):
        own = self.own(self.gfd.work / ".kube/config")
        self.gfd.env["PATH"] = str(self.gfd.work)
        refused = self.gfd.gf("kubeconfig", "--merge")
        self.assertEqual(refused.returncode, 4)
        self.assertIn("cannot merge the kubeconfig: kubectl failed", refused.stderr)
        self.assertEqual(own.read_text(), OWN)
        self.assertEqual(list(own.parent.iterdir()), [own])


if __name__ == "__main__":
    unittest.main()
