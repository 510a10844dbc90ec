#!/usr/bin/env python3
"""`gf seal` with a certificate from a file: what it prints of what it is given, what it refuses, and that no daemon is needed."""
import json, pathlib, re, subprocess, sys, unittest

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from gfd import Gfd

SECRET = "s3cret-value"
MANIFEST = f"""apiVersion: v1
kind: Secret
metadata: {{name: db, namespace: shop, labels: {{team: blue}}}}
stringData: {{password: {SECRET}}}
"""


class Seal(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.gfd = Gfd()
        cls.addClassCleanup(cls.gfd.close)
        cls.work = cls.gfd.work
        def openssl(*words):
            subprocess.run(["openssl", *words], cwd=cls.work, check=True, capture_output=True)
        openssl("req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=test", "-keyout", "test.key", "-out", "test.request")
        for name, days in (("cert", "1"), ("expired", "-1")):
            openssl("x509", "-req", "-in", "test.request", "-signkey", "test.key", "-days", days, "-out", f"{name}.pem")
        (cls.work / "password").write_text(SECRET)
        (cls.work / "db.yaml").write_text(MANIFEST)

    def seal(self, *words, cert="cert.pem", **options):
        return self.gfd.gf("seal", "--cert", self.work / cert, *words, cwd=self.work, **options)

    def sealed(self, *words, **options):
        done = self.seal(*words, **options)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertNotIn(SECRET, done.stdout)
        return list(yaml.safe_load_all(done.stdout))

    def refusal(self, *words, **options):
        done = self.seal(*words, **options)
        self.assertEqual(done.stdout, "")
        self.assertNotEqual(done.returncode, 0)
        self.assertNotIn(SECRET, done.stderr)
        return done.stderr

    def test_yaml_is_printed_word_by_word(self):
        done = self.seal("-f", "db.yaml", "--scope", "namespace-wide")
        self.assertEqual(re.sub(r"AQ[\w+/]+=*", "VALUE", done.stdout), """apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata:
  annotations:
    sealedsecrets.bitnami.com/namespace-wide: "true"
  name: db
  namespace: shop
spec:
  encryptedData:
    password: VALUE
  template:
    metadata:
      annotations:
        sealedsecrets.bitnami.com/namespace-wide: "true"
      labels:
        team: blue
      name: db
      namespace: shop
""")

    def test_all_inputs_lead_to_the_same_keys(self):
        self.gfd.work.joinpath(".env").write_text("# mine\nUSER=me\n")
        values = ["--name", "db", "-n", "shop", "--from-file", "password", "--from-file", "copy=password", "--from-env-file", ".env",
                  "--from-literal", "a=b=c"]
        (one,) = self.sealed(*values)
        self.assertEqual(sorted(one["spec"]["encryptedData"]), ["USER", "a", "copy", "password"])
        (one,) = self.sealed("--name", "db", "-n", "shop", "--from-file", "key=-", input=SECRET)
        self.assertEqual(list(one["spec"]["encryptedData"]), ["key"])
        (one,) = self.sealed(input=MANIFEST)
        self.assertEqual(one["metadata"], {"name": "db", "namespace": "shop"})
        (one,) = self.sealed("--scope", "cluster-wide", "--name", "other", input='{"apiVersion":"v1","kind":"Secret","data":{"a":""}}')
        self.assertEqual(one["metadata"]["name"], "other")
        self.assertNotIn("namespace", one["metadata"])
        both = self.sealed(input=MANIFEST + "---\n" + MANIFEST)
        self.assertEqual([one["kind"] for one in both], ["SealedSecret"] * 2)

    def test_json_is_an_object_a_line(self):
        done = self.gfd.gf("-o", "json", "seal", "--cert", self.work / "cert.pem", input=MANIFEST + "---\n" + MANIFEST)
        self.assertEqual([json.loads(line)["kind"] for line in done.stdout.splitlines()], ["SealedSecret"] * 2)

    def test_what_is_wrong_is_told_with_place_and_remedy(self):
        name = ["--name", "db", "-n", "shop"]
        rows = [
            (["-f", "db.yaml"], {"cert": "expired.pem"}, r"cannot use \S+/expired.pem: it expired on \d{4}-\d\d-\d\d\n  try: gf seal certif"),
            (["-f", "db.yaml"], {"cert": "password"}, r"cannot use \S+/password: it holds no certificate in PEM format"),
            (["-f", "none.yaml"], {}, "cannot read none.yaml: No such file"),
            (["-f", "."], {}, "cannot read .: it is a folder"),
            (["-f", "db.yaml"], {"cert": "none.pem"}, r"cannot read \S+/none.pem"),
            (["-f", "db.yaml", "--from-file", "password"], {}, "cannot seal a manifest and values of options at once"),
            (["-f", "db.yaml", "-n", "other"], {}, "cannot seal db.yaml: it names the namespace 'shop', and --namespace another"),
            (["-f", "db.yaml", "--scope", "wide"], {}, "cannot seal in the scope 'wide'\n  try: strict, namespace-wide or cluster"),
            (["--name", "db", "--from-file", "password"], {}, "it names none\n  try: --namespace NAME, or --scope cluster-wide"),
            ([*name, "--from-literal", SECRET], {}, "cannot seal --from-literal: it must be KEY=VALUE"),
            ([*name, "--from-env-file", "password"], {}, "cannot seal password: line 1: it must be KEY=VALUE"),
            ([], {"input": ""}, "cannot seal standard input: it is empty"),
            ([], {"input": f"a: {SECRET}: b"}, "cannot read standard input: line 1"),
            ([], {"input": MANIFEST.replace("stringData", "stringdata")}, "a Secret has no 'stringdata'\n  try: did you mean 'stringD"),
            (["--name", "db"], {"input": MANIFEST + "---\n" + MANIFEST}, "cannot give 2 Secrets one name"),
        ]
        for words, options, expected in rows:
            with self.subTest(words=words, options=options):
                self.assertRegex(self.refusal(*words, **options), expected)

    def test_nothing_of_it_asks_a_daemon(self):
        self.sealed("-f", "db.yaml")
        self.assertFalse(self.gfd.pid)

    def test_without_a_cluster_it_is_told_what_is_missing(self):
        with Gfd() as gfd:
            gfd.start()
            for words in (["seal", "-f", self.work / "db.yaml"], ["seal", "certificate"], ["seal", "rotate"]):
                refused = gfd.gf(*words)
                self.assertEqual(refused.returncode, 6, refused.stderr)
                self.assertIn("the cluster does not run\n  try: gf up\n", refused.stderr)
            refused = gfd.ask("POST", "/v1/seal/renew", {"sealed_secret": 7})
            self.assertEqual((refused.status, refused.error["code"]), (400, "bad-request"))


if __name__ == "__main__":
    unittest.main()
