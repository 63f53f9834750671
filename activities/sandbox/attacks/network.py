import _socket
import socket


def attack(wall):
    through = []
    for family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX, socket.AF_NETLINK, socket.AF_PACKET):
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW):
            try:
                socket.socket(family, kind).close()
                through.append(f"socket {family.name} {kind.name}")
            except OSError:
                pass
    for family, kind in ((socket.AF_UNIX, socket.SOCK_STREAM), (socket.AF_UNIX, socket.SOCK_DGRAM), (socket.AF_UNIX, socket.SOCK_SEQPACKET), (40, socket.SOCK_STREAM)):
        try:
            _socket.socketpair(family, kind)
            through.append(f"socketpair {family} {kind}")
        except OSError:
            pass
    try:
        s = socket.socket(socket.AF_UNIX)
        s.connect("\0abstract")
        through.append("abstract socket")
    except OSError:
        pass
    try:
        through += [name for _, name in socket.if_nameindex() if name != "lo"]
    except OSError:
        pass
    return through
