"""The Linux kernel at the other end of a link: does in the network namespace that it is started in what it is asked to.

Each line of standard input is a request in JSON; all but "send" are answered by {"done": ...}:

{"run": SHELL}               its standard output
{"watch": LINK}              from now on each frame of IP on that link is told: {"seen": LINK, "out": whether it was sent from
                             here, "frame": HEX}
{"send": LINK, "frame": HEX}
{"option": NAME, "link": LINK, "group": GROUP, "sources": [SOURCE ..], "exclude": BOOL}
                             a socket option of RFC 3678, on one socket for each link and family
"""
import ipaddress
import json
import os
import select
import socket
import struct
import subprocess
import sys

# Linux numbers that Python's socket module does not name.
OPTIONS = {"join": 42, "block": 43, "unblock": 44, "leave": 45, "join-source": 46, "leave-source": 47, "filter": 48}
MCAST_EXCLUDE, MCAST_INCLUDE = 0, 1
ETH_P_ALL, ETH_P_IP, ETH_P_IPV6 = 0x0003, 0x0800, 0x86DD


def storage(address):
    """A struct sockaddr_storage."""
    address = ipaddress.ip_address(address)
    if address.version == 4:
        return struct.pack("=HH4s", socket.AF_INET, 0, address.packed).ljust(128, b"\0")
    return struct.pack("=HHI16sI", socket.AF_INET6, 0, 0, address.packed, 0).ljust(128, b"\0")


class Kernel:
    def __init__(self):
        self.watched, self.senders, self.hosts = {}, {}, {}

    def run(self, run):
        done = subprocess.run(run, shell=True, capture_output=True, text=True)
        if done.returncode:
            sys.exit("%s: %s" % (run, done.stderr))
        return done.stdout

    def watch(self, watch):
        watcher = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        watcher.bind((watch, ETH_P_ALL))
        self.watched[watcher] = watch
        # A socket is not told what it sends itself.
        self.senders[watch] = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        self.senders[watch].bind((watch, 0))

    def option(self, option, link, group, sources=(), exclude=False):
        version = ipaddress.ip_address(group).version
        family, level = [(socket.AF_INET, socket.IPPROTO_IP), (socket.AF_INET6, socket.IPPROTO_IPV6)][version == 6]
        if (link, family) not in self.hosts:
            self.hosts[link, family] = socket.socket(family, socket.SOCK_DGRAM)
        value = struct.pack("@I4x", socket.if_nametoindex(link)) + storage(group)
        if option == "filter":
            value += struct.pack("@II", MCAST_EXCLUDE if exclude else MCAST_INCLUDE, len(sources))
        value += b"".join(map(storage, sources))
        self.hosts[link, family].setsockopt(level, OPTIONS[option], value)

    def told(self, watcher):
        """All frames that wait on a link."""
        while select.select([watcher], [], [], 0)[0]:
            frame, (_, kind, direction, *_) = watcher.recvfrom(65535)
            if kind in (ETH_P_IP, ETH_P_IPV6):
                out = direction == socket.PACKET_OUTGOING
                say({"seen": self.watched[watcher], "out": out, "frame": frame.hex()})

    def asked(self, request):
        if "send" in request:
            self.senders[request["send"]].send(bytes.fromhex(request["frame"]))
            return
        (name,) = {"run", "watch", "option"} & request.keys()
        done = getattr(self, name)(**request)
        # What was on the links until now comes before the answer.
        for watcher in self.watched:
            self.told(watcher)
        say({"done": done})


def say(line):
    print(json.dumps(line), flush=True)


def main():
    kernel, pending = Kernel(), b""
    while True:
        ready, _, _ = select.select([0, *kernel.watched], [], [])
        for one in ready:
            if one != 0:
                kernel.told(one)
                continue
            octets = os.read(0, 65536)
            if not octets:
                return
            *lines, pending = (pending + octets).split(b"\n")
            for line in lines:
                kernel.asked(json.loads(line))


main()
