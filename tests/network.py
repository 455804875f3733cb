"""A small network for tests: names, public addresses and servers, all of them on loopback."""

import http.server
import socket
import ssl
import threading

import pytest
import trustme

TLS_PORTS = (443, 8443)


class Site:
    """Answers GETs on loopback: `pages` maps a path to (status, headers, body), "*" stands for the rest."""

    def __init__(self, pages=None, context=None):
        self.pages = pages or {}
        self.requests = []
        site = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                site.requests.append((self.path, dict(self.headers.items())))
                page = site.pages.get(self.path.partition("?")[0], site.pages.get("*"))
                status, headers, body = page() if callable(page) else page or (404, {}, b"none")
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                if status not in (204, 304) and "Content-Length" not in headers:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *arguments: None  # a client that hangs up is no trouble
        if context:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        self.place = f"127.0.0.1:{self.port}"

    def url(self, path):
        return f"http://{self.place}{path}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, args=(0.004,), daemon=True).start()
        return self

    def __exit__(self, *error):
        self.server.shutdown()
        self.server.server_close()


class World:
    """Names and addresses as a test wants them; counts every connection that is really asked for.

    A connection to a public IPv4 address ends at a local site, with TLS on the ports of https; one to a
    public IPv6 address is refused, as where there is no such network.
    """

    def __init__(self, monkeypatch, site, tls_site, authority=None):
        self.names, self.later, self.connects, self.lookups = {}, {}, [], []
        self.site, self.tls_site = site, tls_site
        # Trusts this authority alone: to read the system's own takes longer than most tests.
        trusted = authority.cert_pem.bytes().decode() if authority else None
        self.client_tls = ssl.create_default_context(cadata=trusted)
        real = socket.socket.connect

        def connect(sock, address):
            self.connects.append(address[:2])
            if sock.family == socket.AF_INET6:
                raise ConnectionRefusedError
            site = tls_site if address[1] in TLS_PORTS else self.site
            return real(sock, ("127.0.0.1", site.port))

        monkeypatch.setattr(socket.socket, "connect", connect)
        monkeypatch.setattr(socket, "getaddrinfo", self.look_up)

    def look_up(self, host, port, *arguments, **options):
        known = self.later if host in self.lookups and host in self.later else self.names
        self.lookups.append(host)
        addresses = known.get(host, ())
        if not addresses:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        return [
            (socket.AF_INET6, socket.SOCK_STREAM, 6, "", (address, port, 0, 0))
            if ":" in address
            else (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
            for address in addresses
        ]

    def play(self, hops):
        """Answer the next requests with these redirects, and those after them with a body."""
        left = list(hops)

        def page():
            return (302, {"Location": left.pop(0)}, b"") if left else (200, {}, b"content")

        self.site.pages["*"] = self.tls_site.pages["*"] = page


@pytest.fixture(scope="session")
def authority():
    return trustme.CA()


@pytest.fixture
def world(monkeypatch, authority):
    server_tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("public.example", "93.184.215.14").configure_cert(server_tls)
    with Site() as site, Site(context=server_tls) as tls_site:
        world = World(monkeypatch, site, tls_site, authority)
        world.play([])
        yield world
