"""Several checkouts of one project: each has a name of its own, and is found by its folder. There is no container engine."""
import pathlib, shutil, subprocess, sys, unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from gfd import Gfd


class Worktrees(unittest.TestCase):
    def setUp(self):
        self.gfd = Gfd().start()
        self.addCleanup(self.gfd.close)
        self.main = self.gfd.checkout("shop")
        self.linked = self.gfd.work / "some where"
        self.git("worktree", "add", "-q", "-b", "Big_Feature", str(self.linked))

    def git(self, *words):
        subprocess.run(["git", "-C", str(self.main), *words], env=self.gfd.env, check=True)

    def up(self, root):
        """Registers it; without an engine it comes to nothing else."""
        begun = self.gfd.ask("POST", "/v1/up", {"root": str(root)})
        self.assertEqual(begun.status, 202, begun.text)
        self.gfd.events(begun.json["id"])
        return begun.json["subject"]

    def projects(self):
        return {one["name"]: one for one in self.gfd.ask("GET", "/v1/status").json["projects"]}

    def test_each_has_a_name_of_its_own_and_keeps_it(self):
        self.assertEqual(self.up(self.main), "shop")
        self.assertEqual(self.up(self.linked), "shop-some-where")
        copy = self.gfd.work / "Copy"
        shutil.copytree(self.main, copy, ignore=shutil.ignore_patterns("worktrees"))
        self.assertEqual(self.up(copy), "shop-copy")
        self.gfd.gf("daemon", "stop")
        self.gfd.start()
        self.assertEqual([self.up(root) for root in (copy, self.linked, self.main)], ["shop-copy", "shop-some-where", "shop"])
        self.assertEqual({one["declared"] for one in self.projects().values()}, {"shop"})
        said = self.gfd.gf("status").stdout
        self.assertIn(f"project shop-some-where (worktree of shop): waiting, {self.linked}", said)
        self.assertIn(f"project shop: waiting, {self.main}", said)

    def test_one_whose_folder_is_gone_is_told_and_can_be_named(self):
        self.up(self.main)
        name = self.up(self.linked)
        self.git("worktree", "remove", "--force", str(self.linked))
        self.assertTrue(self.projects()[name]["gone"])
        self.assertFalse(self.projects()["shop"]["gone"])
        words = f"gf down --purge --project {name}"
        self.assertIn(words, self.gfd.gf("status").stdout)
        self.assertIn(words, self.gfd.gf("doctor").stdout)
        begun = self.gfd.ask("POST", "/v1/purge", {"project": name})
        self.assertEqual((begun.status, begun.json["kind"], begun.json["subject"]), (202, "purge", name))

    def test_down_stops_one_while_another_is_up(self):
        self.up(self.main)
        name = self.up(self.linked)
        elsewhere = self.gfd.ask("POST", "/v1/down", {"root": "/nowhere"})
        self.assertEqual(elsewhere.status, 404)
        self.assertIn(f"up: shop, {name}", elsewhere.error["message"])
        begun = self.gfd.ask("POST", "/v1/down", {"root": str(self.linked)})
        self.assertEqual((begun.status, begun.json["subject"]), (202, name))
        self.gfd.events(begun.json["id"])
        self.assertEqual({name: one["state"] for name, one in self.projects().items()}, {"shop": "waiting", name: "down"})
        begun = self.gfd.ask("POST", "/v1/down", {"project": "shop"})  # nobody else is up: the nodes stop
        self.assertEqual((begun.status, begun.json["subject"]), (202, "cluster"))


if __name__ == "__main__":
    unittest.main()
