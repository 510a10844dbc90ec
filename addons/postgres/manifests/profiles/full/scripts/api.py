"""The Kubernetes API as a pod sees it: the objects of its own namespace."""
import json, os, ssl, urllib.error, urllib.request

ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount/"


def read(path):
    """The text of a file, None when there is none."""
    try:
        with open(path) as file:
            return file.read().strip()
    except FileNotFoundError:
        return None


def call(method, path, body=None):
    """`path` is relative to the namespace. The answer's object; None when there is no such object."""
    host = os.environ["KUBERNETES_SERVICE_HOST"]
    host = f"[{host}]" if ":" in host else host
    url = f"https://{host}:{os.environ['KUBERNETES_SERVICE_PORT']}/api/v1/namespaces/{read(ACCOUNT + 'namespace')}/{path}"
    request = urllib.request.Request(url, method=method, data=None if body is None else json.dumps(body).encode())
    request.add_header("Authorization", "Bearer " + read(ACCOUNT + "token"))
    request.add_header("Content-Type", "application/merge-patch+json" if method == "PATCH" else "application/json")
    try:
        with urllib.request.urlopen(request, timeout=5, context=ssl.create_default_context(cafile=ACCOUNT + "ca.crt")) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        if error.code == 404:
            return None
        raise
