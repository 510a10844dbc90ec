"""bench-loop: `on_sync: restart` for each language of docs/inner-loop.md, beside what its program takes to start by itself."""
import filecmp, json, os, re, shutil, statistics, subprocess

from bench import CLUSTER, GF, ROOT, record, run, work
from loop_saves import process_in_node
from replicas import replicas_of, served_by_all

SAVES, STARTS, OWN_PORT = 10, 10, 8001
# Language → its source with the text, what is synced.
RECIPES = {"python": ("app/text.py", "app"), "node": ("src/text.js", "src"), "go": ("main.go", "live"), "java": ("src/Server.java", "live"),
           "cpp": ("server.cpp", "live")}
PROJECT = os.path.join(ROOT, "tests/e2e/recipes/project")


def build(project, language):
    script = os.path.join(project, language, "build")
    if os.path.exists(script):
        run(script)


def edit(project, language, text):
    path = os.path.join(project, language, RECIPES[language][0])
    with open(path) as file:
        source = file.read()
    with open(path, "w") as file:
        file.write(re.sub(r"(['\"])v\d+\1", rf"\g<1>{text}\g<1>", source))


def changed_files(staging, checkout, language):
    """What of the synced folder the latest build has changed, as copies that a rename puts in place: (copy, place)."""
    folder, pairs = os.path.join(language, RECIPES[language][1]), []
    for inner, _, names in os.walk(os.path.join(staging, folder)):
        if "__pycache__" in inner:
            continue
        for name in names:
            source = os.path.join(inner, name)
            place = os.path.join(checkout, os.path.relpath(source, staging))
            if os.path.exists(place) and filecmp.cmp(source, place, shallow=False):
                continue
            copy = os.path.join(work, f"copy-{len(pairs)}")
            shutil.copy(source, copy)
            pairs.append((copy, place))
    return pairs


def own_start(replica, image):
    """Milliseconds from the spawn of the image's program in the replica's container until it answers."""
    config = json.loads(run("docker", "image", "inspect", "-f", "{{json .Config}}", image))
    program = (config.get("Entrypoint") or []) + (config.get("Cmd") or [])
    with open(os.path.join(work, "start_time"), "rb") as tool:
        place = f"/proc/{process_in_node(replica)}/root/start_time"
        subprocess.run(["docker", "exec", "-i", replica.node, "sh", "-c", f"cat >{place} && chmod 755 {place}"], stdin=tool, check=True)
    said = run("docker", "exec", replica.node, "crictl", "exec", replica.container, "/start_time", str(STARTS), str(OWN_PORT), *program)
    return [float(line) for line in said.split()]


def save_to_answer(checkout, staging, language, replica):
    delays = []
    for number in range(2, 2 + SAVES):
        text = f"v{number}"
        edit(staging, language, text)
        build(staging, language)
        pairs = changed_files(staging, checkout, language)

        def save():
            for copy, place in pairs:
                os.replace(copy, place)

        delays.append(served_by_all([replica], save, lambda answer: answer == text, seconds=30))
    return delays


def measure_recipes():
    staging, checkout = os.path.join(work, "staging"), os.path.join(work, "recipes")
    shutil.copytree(PROJECT, staging)
    for language in RECIPES:
        build(staging, language)
    shutil.copytree(staging, checkout)
    for words in (["init", "-q", "-b", "main"], ["add", "-A"], ["-c", "user.email=a@example.com", "-c", "user.name=a", "commit", "-qm", "start"]):
        run("git", "-C", checkout, *words)
    run("g++", "-std=c++20", "-O2", "-static", "-o", os.path.join(work, "start_time"), os.path.join(ROOT, "tests/support/start_time.cpp"))
    run(GF, "-C", checkout, "up")
    project = next(one for one in json.loads(run(GF, "-C", checkout, "-o", "json", "status"))["projects"] if one["name"] == "recipes")
    images = {one["name"]: one["image"] for one in project["apps"]}
    for language in RECIPES:
        with replicas_of("recipes", language) as (replica,):
            own = own_start(replica, images[language])
            delays = save_to_answer(checkout, staging, language, replica)
        with replicas_of("recipes", language) as (after,):
            same = (after.pod, after.container, after.restarts) == (replica.pod, replica.container, replica.restarts)
        floor = statistics.median(own)
        record(f"{language}: save → first answer of the restarted program / its own start in the same container, median of {SAVES}, ms"
               + ("" if same else " (in ANOTHER container)"), statistics.median(delays), f"<= {floor + 20:.0f}", floor)
        run("docker", "exec", replica.node, "rm", "-f", f"/proc/{process_in_node(after)}/root/start_time")
    run(GF, "-C", checkout, "down", "--purge", "--yes")
