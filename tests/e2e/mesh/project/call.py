"""call.py URL [COUNT]: asks COUNT times over four connections and prints how often it got what: "STATUS APP COUNT" a line,
with the error's name in the place of the status where there was no answer."""
import collections, http.client, sys, threading, urllib.parse

url, count = urllib.parse.urlsplit(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1
seen = collections.Counter()


def ask(times):
    connection = http.client.HTTPConnection(url.hostname, url.port or 80, timeout=10)
    for _ in range(times):
        try:
            connection.request("GET", url.path or "/")
            answer = connection.getresponse()
            words = answer.read().decode().split()
            seen[f"{answer.status} {words[0] if words else '-'}"] += 1
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            seen[f"{type(error).__name__} -"] += 1


lanes = min(4, count)
threads = [threading.Thread(target=ask, args=(count // lanes + (lane < count % lanes),)) for lane in range(lanes)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
for what, times in sorted(seen.items()):
    print(what, times)
