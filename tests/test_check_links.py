"""The check of links to other places, put to a server of our own."""

import http.server
import pathlib
import sys
import threading

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "scripts"))
import check_links


class _Server(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response({"/there": 200, "/shy": 403}.get(self.path, 404))
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def server():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Server) as served:
        threading.Thread(target=served.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{served.server_port}"
        served.shutdown()


def test_what_answers_is_there_and_what_does_not_is_told(server):
    assert check_links.trouble_with(f"{server}/there") is None
    assert check_links.trouble_with(f"{server}/shy") is None
    assert check_links.trouble_with(f"{server}/gone") == "answers 404"
    assert "does not answer" in check_links.trouble_with("http://127.0.0.1:1/")


def test_addresses_are_found_without_what_ends_a_sentence_and_examples_left_out(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        "See [a](https://a.org/x_(y)) and https://b.org/z. Not https://example.org/t.csv, http://localhost:80, https://x/{n}."
    )
    assert list(check_links.addresses([page])) == ["https://a.org/x_(y)", "https://b.org/z"]
