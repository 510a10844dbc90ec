"""That code is restarted without a refused request. Run with: python -m unittest discover -s tests -t ."""

import signal
import unittest

from tests.served import Served

OLD, NEW, BROKEN = 'return {"status": "ok"}', 'return {"status": "new"}', "return {"


class Reload(unittest.TestCase):
    def test_new_code_answers_and_no_request_is_refused(self):
        with Served() as app:
            app.get("/healthz")
            app.replace("app/main.py", OLD, NEW)
            app.reload()
            seconds, answers = app.until("/healthz", lambda body: body == {"status": "new"})
            print(f"\n  SIGHUP to the first answer of the new code: {seconds * 1000:.0f} ms, {answers} answers meanwhile")
            self.assertLess(seconds, 2.0)

    def test_broken_code_leaves_the_old_code_serving(self):
        with Served() as app:
            app.get("/healthz")
            app.replace("app/main.py", OLD, BROKEN)
            app.reload()
            app.wait_for_log("the code before it keeps serving")
            self.assertIn("SyntaxError", app.text())
            self.assertEqual(app.get("/healthz"), (200, {"status": "ok"}))
            app.replace("app/main.py", f"{BROKEN}\n", f"{NEW}\n")
            app.reload()
            app.until("/healthz", lambda body: body == {"status": "new"})

    def test_code_that_hangs_is_replaced_by_newer_code(self):
        with Served(edits=[("serve.py", "START_SECONDS = 5", "START_SECONDS = 0")]) as app:
            app.get("/healthz")
            app.replace("app/__init__.py", "", "print('hangs', flush=True)\nwhile True: pass\n")
            app.reload()
            app.wait_for_log("hangs")
            app.replace("app/__init__.py", "while True", "while False")
            app.replace("app/main.py", OLD, NEW)
            app.reload()
            app.until("/healthz", lambda body: body == {"status": "new"})

    def test_many_saves_end_in_the_newest_code(self):
        with Served() as app:
            app.get("/healthz")
            before = OLD
            for number in range(20):
                after = f'return {{"status": "{number:02}"}}'  # all of one length, most within one second: no stale bytecode
                app.replace("app/main.py", before, after)
                app.reload()
                before = after
            app.until("/healthz", lambda body: body == {"status": "19"})

    def test_a_module_beside_main_is_loaded_anew(self):
        with Served() as app:
            app.get("/metrics")
            app.replace("app/metrics.py", "HTTP requests answered", "answered requests")
            app.reload()
            app.until("/metrics", lambda text: "answered requests" in text)


class Ending(unittest.TestCase):
    def test_term_ends_with_success(self):
        with Served() as app:
            app.get("/healthz")
            app.process.send_signal(signal.SIGTERM)
            self.assertEqual(app.process.wait(5), 0)

    def test_term_during_the_start_is_obeyed(self):
        with Served() as app:
            app.process.terminate()
            self.assertLessEqual(app.process.wait(10), 0)

    def test_a_first_start_that_fails_ends_with_its_traceback(self):
        with Served(edits=[("app/main.py", OLD, BROKEN)]) as app:
            self.assertGreater(app.process.wait(10), 0)
            self.assertIn("SyntaxError", app.text())

    def test_a_worker_that_dies_ends_the_container(self):
        suicide = "import os; os._exit(7)"
        with Served(edits=[("app/main.py", OLD, suicide)]) as app:
            with self.assertRaises(Exception):
                app.get("/healthz")
            self.assertEqual(app.process.wait(10), 7)
            self.assertIn("ended by itself (status 7)", app.text())


if __name__ == "__main__":
    unittest.main()
