"""Profile pictures are fetched from media hosts over TLS, and from nowhere else."""

from __future__ import annotations

import datetime
import ssl
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from auditor.demo.media_sandbox import MediaSandbox
from auditor.errors import ConnectorError, FailureKind
from connectors.avatars import MOST_BYTES, PictureHosts, is_default

HOST = "pbs.twimg.com"
PICTURE = b"\x89PNG picture"
REDIRECTS = {
    "/moved": "/profile_images/1/a.png",
    "/round": "/round",
    "/away": "https://evil.example/a.png",
    "/down": f"http://{HOST}/profile_images/1/a.png",
    "/inside": "https://169.254.169.254/latest/meta-data",
}


class _Media(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path in REDIRECTS:
            self.send_response(302)
            self.send_header("Location", REDIRECTS[self.path])
            self.end_headers()
            return
        found = self.path.endswith("/a.png") or self.path == "/long" or self.path.endswith("_400x400.png")
        body = bytes(MOST_BYTES + 1) if self.path == "/long" else PICTURE + self.path.encode()
        self.send_response(200 if found else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Stay silent."""


@pytest.fixture(scope="module")
def hosts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PictureHosts]:
    """A media host of X's name on this machine, with a certificate of an authority of our own."""
    files = _certificate(tmp_path_factory.mktemp("tls"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Media)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    port = server.server_address[1]
    yield PictureHosts(
        allow_private=True,
        resolver=lambda _host: (("127.0.0.1", port),),
        tls=ssl.create_default_context(cafile=files),
        timeout=5,
    )
    server.shutdown()
    server.server_close()
    thread.join(5)


def _certificate(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    now = datetime.datetime.now(datetime.UTC)
    day = datetime.timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - day)
        .not_valid_after(now + day)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "host.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return path


def test_a_picture_is_fetched(hosts: PictureHosts) -> None:
    """Over TLS, with the name in the certificate checked."""
    assert hosts.fetch("x", f"https://{HOST}/profile_images/1/a.png") == PICTURE + b"/profile_images/1/a.png"


def test_a_redirect_within_the_list_is_followed(hosts: PictureHosts) -> None:
    """A media host may move its picture about within itself."""
    assert hosts.fetch("x", f"https://{HOST}/moved").startswith(PICTURE)


def test_the_larger_picture_of_x_is_asked_for(hosts: PictureHosts) -> None:
    """Instead of 48 pixels a side, 400 are fetched; where there are none, what there is."""
    assert hosts.fetch("x", f"https://{HOST}/1/b_normal.png").endswith(b"/1/b_400x400.png")
    with pytest.raises(ConnectorError, match="answered 404") as caught:
        hosts.fetch("x", f"https://{HOST}/1/b_normal.jpg")
    assert caught.value.kind is FailureKind.NOT_FOUND


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/away", "none of the media hosts"),
        ("/down", "not plain https"),
        ("/inside", "none of the media hosts"),
        ("/round", "from one redirect to the next"),
        ("/long", "larger than 5 MiB"),
    ],
)
def test_what_leads_away_or_does_not_end_is_refused(hosts: PictureHosts, path: str, why: str) -> None:
    """Redirects out of the list, round in a ring, and bodies without end are given up."""
    with pytest.raises(ConnectorError, match=why):
        hosts.fetch("x", f"https://{HOST}{path}")


@pytest.mark.parametrize(
    "url",
    [
        f"http://{HOST}/a.png",
        f"https://{HOST}:8443/a.png",
        f"https://user@{HOST}/a.png",
        f"https://{HOST}.evil.example/a.png",
        f"https://evil.example/{HOST}/a.png",
        "https://xpbs.twimg.com/a.png",
        "https://127.0.0.1/a.png",
        "https://[::1/a.png",
        f"https://{HOST}/a png",
        f"https://{HOST}/a\r\nX: 1",
        "file:///etc/passwd",
        "data:image/png;base64,AAAA",
        "",
    ],
)
def test_other_addresses_are_never_asked(url: str) -> None:
    """What is not plain https on the platform's media host is refused before any name is resolved."""

    def never(host: str) -> tuple[tuple[str, int], ...]:
        raise AssertionError(host)

    with pytest.raises(ConnectorError, match="The picture was not fetched"):
        PictureHosts(resolver=never).fetch("x", url)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.7",
        "169.254.169.254",
        "100.64.0.1",
        "::1",
        "fd00::1",
        "::ffff:10.0.0.7",
        "64:ff9b::a00:7",
        "224.0.0.1",
    ],
)
def test_private_addresses_are_refused(address: str) -> None:
    """One private address among public ones is enough to refuse the host."""
    both = PictureHosts(resolver=lambda _host: (("93.184.216.34", 443), (address, 443)))
    with pytest.raises(ConnectorError, match="private network"):
        both.fetch("x", f"https://{HOST}/a.png")


def test_a_certificate_for_another_name_is_refused(hosts: PictureHosts) -> None:
    """The address is right and the certificate is not: nothing is fetched."""
    other = replace(hosts, more={"mastodon": ("files.example",)})
    with pytest.raises(ConnectorError, match=r"certificate of files\.example"):
        other.fetch("mastodon", "https://files.example/a.png")


@given(st.text(max_size=60))
def test_any_text_is_refused_with_one_sentence(url: str) -> None:
    """No text that is no address of the platform's makes anything but a refusal."""
    with pytest.raises(ConnectorError, match="The picture was not fetched"):
        PictureHosts(resolver=lambda _host: ()).fetch("x", url)


def test_the_picture_of_those_who_have_none_is_known() -> None:
    """X's default picture is nobody's logo."""
    assert is_default("x", "https://abs.twimg.com/sticky/default_profile_images/default_profile_normal.png")
    assert not is_default("x", f"https://{HOST}/profile_images/1/a.png")


def test_a_sandbox_stands_in_for_every_media_host() -> None:
    """What would be asked of a host is asked of this machine; addresses that may not be fetched still may not."""
    with MediaSandbox({f"https://{HOST}/profile_images/1/a.png": PICTURE}) as media:
        fetcher = PictureHosts(loopback=media.base_url, resolver=_nowhere, timeout=5)
        assert fetcher.fetch("x", f"https://{HOST}/profile_images/1/a.png") == PICTURE
        for url in ("https://evil.example/a.png", f"http://{HOST}/a.png", "http://127.0.0.1:9/a.png"):
            with pytest.raises(ConnectorError, match="not fetched"):
                fetcher.fetch("x", url)
        assert media.asked == [f"https://{HOST}/profile_images/1/a.png"]


def _nowhere(host: str) -> Sequence[tuple[str, int]]:
    raise AssertionError(f"{host} was looked up")
