"""A server on this machine that answers as the Hugging Face hub does: listings, files, new repositories and commits."""

import base64
import hashlib
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit


def git_digest(content):
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


class Hub:
    """The repositories, as dicts of contents by name; faults are set by the tests.

    Attributes: `large` (names that are kept by SHA-256), `wrong` (contents sent in place of the true ones), `cut` (names whose
    download breaks off), `claims` (sizes told in the listing), `status` (an answer to everything), `asked` (paths, in order).
    """

    def __init__(self):
        self.repos, self.large, self.wrong, self.cut, self.claims = {}, set(), {}, set(), {}
        self.status, self.asked, self.messages, self.private = None, [], [], {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"hub": self}))
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def digest(self, name, content):
        return hashlib.sha256(content).hexdigest() if name in self.large else git_digest(content)

    def commit(self, repo):
        """What the commit is called that a repository is at."""
        return hashlib.sha1(repr(sorted(self.repos[repo].items())).encode()).hexdigest()

    def sibling(self, name, content):
        size = self.claims.get(name, len(content))
        found = {"rfilename": name, "size": size, "blobId": git_digest(content)}
        if name in self.large:
            found["lfs"] = {"size": size, "sha256": self.digest(name, content), "pointerSize": 134}
        return found


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hub = None

    def log_message(self, *args):
        pass

    def _answer(self, status, content=b"", headers=None, length=None):
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content) if length is None else length))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _json(self, value):
        self._answer(200, json.dumps(value).encode(), {"Content-Type": "application/json"})

    def _missing(self, code):
        self._answer(404, headers={"X-Error-Code": code, "X-Error-Message": "not found"})

    def _get(self):
        path = unquote(urlsplit(self.path).path)
        self.hub.asked.append(path)
        if self.hub.status:
            self._answer(self.hub.status)
        elif found := re.fullmatch(r"/api/models/([^/]+/[^/]+)(?:/revision/(.+))?", path):
            self._listing(*found.groups())
        elif found := re.fullmatch(r"/([^/]+/[^/]+)/resolve/([^/]+)/(.+)", path):
            self._file(*found.groups())
        else:
            self._missing("EntryNotFound")

    do_GET = do_HEAD = _get

    def _listing(self, repo, revision):
        if repo not in self.hub.repos:
            self._missing("RepoNotFound")
        elif revision not in (None, "main", "v1", self.hub.commit(repo)):
            self._missing("RevisionNotFound")
        else:
            files = [self.hub.sibling(*item) for item in self.hub.repos[repo].items()]
            self._json({"id": repo, "sha": self.hub.commit(repo), "siblings": files})

    def _file(self, repo, revision, name):
        content = self.hub.repos[repo].get(name)
        if content is None:
            self._missing("EntryNotFound")
            return
        headers = {"ETag": f'"{self.hub.digest(name, content)}"', "X-Repo-Commit": self.hub.commit(repo)}
        sent = self.hub.wrong.get(name, content)
        if name not in self.hub.cut:
            self._answer(200, sent, headers)
            return
        self._answer(200, sent[: len(sent) // 2], headers, length=len(sent))
        self.close_connection = True

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        path = unquote(urlsplit(self.path).path)
        self.hub.asked.append(path)
        if self.hub.status:
            self._answer(self.hub.status)
        elif path == "/api/validate-yaml":
            self._json({"errors": [], "warnings": []})
        elif path == "/api/repos/create":
            asked = json.loads(body)
            repo = f"{asked['organization']}/{asked['name']}"
            self.hub.repos.setdefault(repo, {})
            self.hub.private[repo] = asked.get("private") or asked.get("visibility") == "private"
            self._json({"url": f"{self.hub.url}/{repo}"})
        elif path.endswith("/preupload/main"):
            files = [
                {"path": f["path"], "uploadMode": "regular", "shouldIgnore": False} for f in json.loads(body)["files"]
            ]
            self._json({"files": files})
        else:
            self._commit(path.removeprefix("/api/models/").removesuffix("/commit/main"), body)

    def _commit(self, repo, body):
        files = dict(self.hub.repos[repo])
        for line in body.splitlines():
            item = json.loads(line)
            value = item["value"]
            if item["key"] == "header":
                self.hub.messages.append(value["summary"])
            elif item["key"] == "file":
                files[value["path"]] = base64.b64decode(value["content"])
            elif item["key"] == "deletedFile":
                del files[value["path"]]
        self.hub.repos[repo] = files
        commit = self.hub.commit(repo)
        self._json({"commitUrl": f"{self.hub.url}/{repo}/commit/{commit}", "commitOid": commit, "hookOutput": ""})
