"""call.py URL [COUNT|until-stopped] [HEADER=VALUE]: asks COUNT times (1), or until somebody makes the file /tmp/stop, over
four connections, and prints how often it got what: "STATUS WORD COUNT" a line, WORD being the answer's first, with the
error's name in the place of the status where there was no answer."""
import collections, http.client, os, sys, threading, time, urllib.parse

STOP = "/tmp/stop"
url, amount = urllib.parse.urlsplit(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "1"
headers = dict(one.split("=", 1) for one in sys.argv[3:])
endless = amount == "until-stopped"
lanes = 4 if endless else min(4, int(amount))
seen, lock = collections.Counter(), threading.Lock()


def turns(lane):
    if not endless:
        return (None for _ in range(int(amount) // lanes + (lane < int(amount) % lanes)))
    return iter(lambda: time.sleep(0.02) or os.path.exists(STOP), True)  # a load that leaves room for others


def ask(lane):
    connection = http.client.HTTPConnection(url.hostname, url.port or 80, timeout=10)
    for _ in turns(lane):
        try:
            connection.request("GET", url.path or "/", headers=headers)
            answer = connection.getresponse()
            words = answer.read().decode().split()
            what = f"{answer.status} {words[0] if words else '-'}"
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            what = f"{type(error).__name__} -"
        with lock:
            seen[what] += 1


threads = [threading.Thread(target=ask, args=(lane,)) for lane in range(lanes)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
for what, times in sorted(seen.items()):
    print(what, times)
if endless:
    os.unlink(STOP)
