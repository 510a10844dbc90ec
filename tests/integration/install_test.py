"""`cmake --install` into a folder of its own: gf from there finds gfd, gf-agent, gf-supervise, the addons and the images beside it."""
import json, os, pathlib, subprocess, sys, tempfile, unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from gfd import BUILD, ROOT, Gfd


class Install(unittest.TestCase):
    def test_what_is_installed_works_by_itself(self):
        with tempfile.TemporaryDirectory(prefix="gf-test-") as folder, Gfd() as gfd:
            prefix = pathlib.Path(folder, "a prefix")
            subprocess.run(["cmake", "--install", BUILD, "--prefix", prefix], check=True, stdout=subprocess.DEVNULL)
            # Like one that came by a package: no source tree above it, and only what stands in PATH.
            gfd.env["PATH"] = f"{prefix}/bin:/usr/bin:/bin"
            started = gfd.run("gf", "-o", "json", "daemon", "start")
            self.assertEqual(started.returncode, 0, started.stderr)
            pid = json.loads(started.stdout)["pid"]
            self.assertEqual(os.readlink(f"/proc/{pid}/exe"), str(prefix / "bin/gfd"))
            addons = [one["name"] for one in gfd.ask("GET", "/v1/addons").json["addons"]]
            self.assertEqual(addons, sorted(path.parent.name for path in prefix.glob("share/greenfield/addons/*/addon.yaml")))
            self.assertIn("postgres", addons)
            # Keyed by content: what a source tree has built is not built again.
            there, here = (gfd.run(images / "image", "ref", "node", "redis", "postgres")
                           for images in (prefix / "share/greenfield/images", ROOT / "images"))
            self.assertEqual((there.returncode, there.stdout), (0, here.stdout), there.stderr)
            self.assertIn("greenfield/redis:", there.stdout)
            agent = gfd.run(prefix / "libexec/greenfield/gf-agent", "--help")
            self.assertEqual((agent.returncode, agent.stderr), (2, "usage: gf-agent [--proc FOLDER] [--blobs FOLDER] [--runtime SOCKET]\n"))
            supervise = gfd.run(prefix / "libexec/greenfield/gf-supervise", "--", "sh", "-c", "echo supervised")
            self.assertEqual((supervise.returncode, supervise.stdout), (0, "supervised\n"))
            for page in ("man1/gf.1", "man8/gfd.8"):
                self.assertTrue((prefix / "share/man" / page).exists(), page)
            self.assertTrue((prefix / "share/greenfield/schema/greenfield.schema.json").exists())


if __name__ == "__main__":
    unittest.main()
