"""What a probe meets in a network of namespaces, as a program: `python servers.py ROLE` with its settings in JSON."""

from __future__ import annotations

import json
import socket
import ssl
import struct
import sys
import threading
from collections.abc import Callable
from typing import Any

Handler = Callable[[socket.socket, str], None]


def serve(address: str, port: int, handler: Handler) -> None:
    """Answer each connection with a handler, which gets the address of the client."""
    listener = socket.create_server((address, port))

    def run() -> None:
        while True:
            connection, client = listener.accept()
            threading.Thread(target=answer, args=(connection, client[0]), daemon=True).start()

    def answer(connection: socket.socket, client: str) -> None:
        with connection:
            connection.settimeout(20)
            try:
                handler(connection, client)
            except OSError:
                return

    threading.Thread(target=run, daemon=True).start()


def silent(connection: socket.socket, _: str) -> None:
    """Wait for the client to end, as a server that speaks second."""
    while connection.recv(1000):
        pass


def echo(connection: socket.socket, client: str) -> None:
    """The address of the client, as JSON."""
    connection.recv(4096)
    body = json.dumps({"origin": client, "note": "of 1 client"})
    connection.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}".encode())


def metadata(state: str) -> Handler:
    """Instance metadata: `token` gives tokens, `open` answers without one, `silent` answers no request for a token."""

    def handler(connection: socket.socket, _: str) -> None:
        request = connection.recv(4096).decode()
        if request.startswith("GET"):
            status = "200 OK" if state == "open" else "401 Unauthorized"
        elif state == "token":
            status = "200 OK"
        else:
            return silent(connection, "")
        connection.sendall(f"HTTP/1.1 {status}\r\nConnection: close\r\n\r\nSECRET".encode())
        return None

    return handler


def api_server(certificate: str) -> Handler:
    """HTTPS that refuses every request, as an API server without anonymous requests does."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.set_ciphers("ALL:@SECLEVEL=0")  # wget of busybox does not say which signatures it can check

    def handler(connection: socket.socket, _: str) -> None:
        with context.wrap_socket(connection, server_side=True) as secure:
            secure.recv(4096)
            secure.sendall(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    return handler


def dns(address: str, names: dict[str, str]) -> None:
    """Answer questions for A records; other types have no records, other names do not exist."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind((address, 53))

    def run() -> None:
        while True:
            question, client = server.recvfrom(512)
            server.sendto(dns_answer(question, names), client)

    threading.Thread(target=run, daemon=True).start()


def dns_answer(query: bytes, names: dict[str, str]) -> bytes:
    labels, at = [], 12
    while size := query[at]:
        labels.append(query[at + 1 : at + 1 + size].decode())
        at += size + 1
    asked = query[12 : at + 5]
    kind = struct.unpack("!H", query[at + 1 : at + 3])[0]
    found = names.get(".".join(labels).lower())
    records = b""
    if found and kind == 1:
        records = b"\xc0\x0c" + struct.pack("!HHIH", 1, 1, 1, 4) + socket.inet_aton(found)
    status = 0x8180 if found else 0x8183
    return query[:2] + struct.pack("!HHHHH", status, 1, bool(records), 0, 0) + asked + records


def main(settings: dict[str, Any]) -> None:
    """Start the servers that the settings name, and run until standard input ends."""
    handlers: dict[str, Handler] = {"silent": silent, "echo": echo}
    if settings.get("certificate"):
        handlers["api-server"] = api_server(settings["certificate"])
    if settings.get("metadata"):
        handlers["metadata"] = metadata(settings["metadata"])
    for address, port, kind in settings["servers"]:
        serve(address, port, handlers[kind])
    if settings.get("names"):
        dns(settings["resolver"], settings["names"])
    print("ready", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
