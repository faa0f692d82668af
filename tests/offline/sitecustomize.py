"On PYTHONPATH this keeps Python, and every Python it starts, off the network; loopback and local sockets stay open."

import ipaddress
import socket

_connect, _connect_ex = socket.socket.connect, socket.socket.connect_ex


def _checked(sock, address):
    if sock.family in (socket.AF_INET, socket.AF_INET6):
        host = str(address[0])
        try:
            near = ipaddress.ip_address(host).is_loopback
        except ValueError:
            near = host in ("localhost", "")
        if not near:
            raise OSError(f"the network is off in this check: {host}:{address[1]}")
    return address


socket.socket.connect = lambda self, address: _connect(self, _checked(self, address))
socket.socket.connect_ex = lambda self, address: _connect_ex(self, _checked(self, address))
