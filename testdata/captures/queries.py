#!/usr/bin/env python3
"""Record how a live Linux kernel answers Queries of every kind.

Beside make.py, whose laboratory it uses: group-specific and
group-and-source-specific Queries to listeners in INCLUDE and in EXCLUDE mode,
Queries of MLDv1 and the way back to MLDv2, so many groups that the answer
takes several packets, and the same kernel as an IPv4 host that speaks IGMPv3
and IGMPv2. As there, every Report was built, timed and sent by the kernel.
"""

import argparse
import ipaddress
import os
import platform
import socket
import struct
import sys
import time

import make
from make import ASM, SOURCE, SOURCE_2, SSM, Failure, packed, text

SOURCE_3 = "2001:db8:5::7"
MCAST_BLOCK_SOURCE = 43

# IPv4. The addresses of the ends, an any-source and a source-specific group.
HOST4, ROUTER4 = "192.0.2.17", "192.0.2.1"
ASM4, SSM4 = "239.1.2.3", "232.1.2.3"
SOURCE4, SOURCE4_2 = "198.51.100.5", "198.51.100.6"
ETH_P_IP = 0x0800
IGMP_QUERY, IGMP_REPORT_V2, IGMP_LEAVE, IGMP_REPORT_V3 = 0x11, 0x16, 0x17, 0x22

RESPONSE_MS = 1000
# What the kernel is told of the query interval. It decides how long a Query of
# the older version counts: robustness x interval + response time (RFC 3810 9.12).
INTERVAL_S = 2


# --------------------------------------------------------------------------
# Queries as Ethernet frames


def mld_query(group=None, sources=(), suppress=False, version=2):
    """A Query to the group, or to all nodes when it names none (RFC 3810 5.1)."""
    src, dst = packed(make.ROUTER_LL), packed(group or make.ALL_NODES)
    body = struct.pack("!HH", RESPONSE_MS, 0) + (packed(group) if group else bytes(16))
    if version == 2:
        flags = (8 if suppress else 0) | make.ROBUSTNESS
        body += struct.pack("!BBH", flags, INTERVAL_S, len(sources)) + b"".join(map(packed, sources))
    checksum = make.icmpv6_sum(src, dst, struct.pack("!BBH", make.QUERY, 0, 0) + body)
    message = struct.pack("!BBH", make.QUERY, 0, checksum) + body
    payload = bytes([58, 0, 5, 2, 0, 0, 1, 0]) + message
    ipv6 = struct.pack("!IHBB", 0x60000000, len(payload), 0, 1) + src + dst
    return ethernet(b"\x33\x33" + dst[12:], make.ETH_P_IPV6) + ipv6 + payload


def internet_sum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


def packed4(address):
    return ipaddress.IPv4Address(address).packed


def igmp_query(group=None, sources=(), version=3):
    """A Query (RFC 3376 4.1, RFC 2236 2): TTL 1, Router Alert, precedence 0xc0."""
    dst = packed4(group or "224.0.0.1")
    body = packed4(group) if group else bytes(4)
    if version == 3:
        body += struct.pack("!BBH", make.ROBUSTNESS, INTERVAL_S, len(sources)) + b"".join(map(packed4, sources))
    head = struct.pack("!BB", IGMP_QUERY, RESPONSE_MS // 100)
    message = head + struct.pack("!H", internet_sum(head + b"\0\0" + body)) + body
    ipv4 = struct.pack("!BBHHHBBH", 0x46, 0xC0, 24 + len(message), 0, 0x4000, 1, 2, 0)
    ipv4 += packed4(ROUTER4) + dst + bytes([148, 4, 0, 0])
    ipv4 = ipv4[:10] + struct.pack("!H", internet_sum(ipv4)) + ipv4[12:]
    mac = b"\x01\x00\x5e" + bytes([dst[1] & 0x7F]) + dst[2:]
    return ethernet(mac, ETH_P_IP) + ipv4 + message


def ethernet(mac, kind):
    return mac + bytes.fromhex(make.ROUTER_MAC.replace(":", "")) + struct.pack("!H", kind)


class Igmp:
    """One IGMP message taken out of an Ethernet frame."""

    def __init__(self, src, dst, message):
        self.src, self.dst, self.message = src, dst, message
        if internet_sum(message) != 0:
            raise Failure("a bad checksum from %s" % src)

    def __str__(self):
        kind, group = self.message[0], str(ipaddress.IPv4Address(self.message[4:8]))
        if kind == IGMP_REPORT_V3:
            (count,), at, found = struct.unpack_from("!H", self.message, 6), 8, []
            for _ in range(count):
                record, aux, sources = struct.unpack_from("!BBH", self.message, at)
                listed = [str(ipaddress.IPv4Address(self.message[at + 8 + 4 * i : at + 12 + 4 * i])) for i in range(sources)]
                group = str(ipaddress.IPv4Address(self.message[at + 4 : at + 8]))
                found.append("%s %s {%s}" % (make.RECORD_NAMES[record], group, ", ".join(sorted(listed))))
                at += 8 + 4 * sources + 4 * aux
            return "Report: " + "; ".join(sorted(found))
        name = {IGMP_QUERY: "Query", IGMP_REPORT_V2: "v2 Report", IGMP_LEAVE: "Leave"}[kind]
        return "%s %s" % (name, group)


def said(frame):
    """What a frame says, in one line; records and sources in the order of their names."""
    if struct.unpack_from("!H", frame, 12)[0] == ETH_P_IP:
        return str(parse4(frame))
    mld = make.parse(frame)
    if not (mld.checksum_ok and mld.hop_limit == 1 and mld.router_alert):
        raise Failure("bad checksum, hop limit or router alert in: %s" % mld)
    if mld.type == make.REPORT_V2:
        records = ("%s %s {%s}" % (name, group, ", ".join(sorted(sources))) for name, group, sources in mld.records())
        return "Report: " + "; ".join(sorted(records))
    group = text(mld.message[8:24])
    if mld.type == make.QUERY:
        version = 1 if len(mld.message) == 24 else 2
        sources = [text(mld.message[at : at + 16]) for at in range(28, len(mld.message), 16)]
        return "v%d Query %s {%s}" % (version, group, ", ".join(sources))
    return "%s %s to %s" % ("v1 Report" if mld.type == make.REPORT_V1 else "Done", group, mld.dst)


def parse4(frame):
    """The IGMP message in a frame, or None."""
    if len(frame) < 34 or struct.unpack_from("!H", frame, 12)[0] != ETH_P_IP or frame[23] != 2:
        return None
    head, (length,) = 4 * (frame[14] & 15), struct.unpack_from("!H", frame, 16)
    src, dst = (str(ipaddress.IPv4Address(frame[at : at + 4])) for at in (26, 30))
    return Igmp(src, dst, frame[14 + head : 14 + length])


# --------------------------------------------------------------------------
# The laboratory of make.py, and what more the stories here do in it


class Lab(make.Lab):
    def ask(self, *args, **kwargs):
        """Send a Query and record all that follows."""
        self.out.send(mld_query(*args, **kwargs))
        self.listen_until_quiet()

    def block(self, group, source):
        """EXCLUDE mode: everything of the group but this source."""
        self._option(MCAST_BLOCK_SOURCE, group, source)


class Lab4(Lab):
    """The same with an IPv4 address on the mobile node, and IGMP in the file."""

    def _build(self, stack):
        super()._build(stack)
        self.app.close()
        with make.inside(self.host):
            make.ip("addr", "add", HOST4 + "/24", "dev", make.HOST_IF)
            with open("/proc/sys/net/ipv6/conf/%s/disable_ipv6" % make.HOST_IF, "w") as file:
                file.write("1\n")
            self.app = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))

    def recorded(self, frame):
        return parse4(frame)

    def ask(self, *args, **kwargs):
        self.out.send(igmp_query(*args, **kwargs))
        self.listen_until_quiet()

    def join(self, group, leave=False):
        request = packed4(group) + packed4(HOST4) + struct.pack("@I", self.host_index)
        self.app.setsockopt(socket.IPPROTO_IP, 36 if leave else 35, request)  # IP_ADD_MEMBERSHIP, IP_DROP_MEMBERSHIP

    def leave(self, group):
        self.join(group, leave=True)

    def join_source(self, group, source):
        request = packed4(group) + packed4(HOST4) + packed4(source)
        self.app.setsockopt(socket.IPPROTO_IP, 39, request)  # IP_ADD_SOURCE_MEMBERSHIP


# --------------------------------------------------------------------------
# The stories: the file, its laboratory, and what must be said in this order


def specific(lab):
    """INCLUDE {::5, ::6} and EXCLUDE {::7}; Queries about the groups and about their sources."""
    lab.skip_link_up()
    lab.join_source(SSM, SOURCE)
    lab.join_source(SSM, SOURCE_2)
    lab.join(ASM)
    lab.block(ASM, SOURCE_3)
    lab.listen_until_quiet()
    lab.frames.clear()
    for suppress in (False, True):
        lab.ask(SSM, suppress=suppress)
        lab.ask(SSM, [SOURCE, SOURCE_3], suppress=suppress)
        lab.ask(SSM, [SOURCE_3], suppress=suppress)
        lab.ask(ASM, suppress=suppress)
        lab.ask(ASM, [SOURCE, SOURCE_3], suppress=suppress)
        lab.ask(ASM, [SOURCE_3], suppress=suppress)


def older(lab):
    """A Query of MLDv1 makes the host speak it; a while after, it speaks MLDv2 again."""
    lab.skip_link_up()
    lab.join(ASM)
    lab.join_source(SSM, SOURCE)
    lab.listen_until_quiet()
    lab.frames.clear()
    lab.ask()
    lab.out.send(mld_query(version=1))
    lab.listen(1.5)
    lab.leave(ASM)
    lab.listen(0.5)
    lab.join(OTHER)
    lab.listen_until_quiet()
    # Robustness x interval + response time after the Query of the old version.
    lab.listen(make.ROBUSTNESS * INTERVAL_S + RESPONSE_MS / 1000)
    lab.leave(OTHER)
    lab.listen_until_quiet()
    lab.ask()


OTHER = "ff1e::4321"
MANY = ["ff1e::1:%x" % n for n in range(100)]


def many(lab):
    """A hundred groups at once: the change and the answer take more than one packet."""
    lab.skip_link_up()
    for group in MANY:
        lab.join(group)
    lab.listen_until_quiet()
    lab.ask()


def igmpv3(lab):
    """An IPv4 host: joins, Queries of each kind, leaves."""
    lab.listen_until_quiet()
    lab.frames.clear()
    lab.join(ASM4)
    lab.join_source(SSM4, SOURCE4)
    lab.join_source(SSM4, SOURCE4_2)
    lab.listen_until_quiet()
    lab.ask()
    lab.ask(SSM4)
    lab.ask(SSM4, [SOURCE4, "198.51.100.7"])
    lab.ask(ASM4)
    lab.ask(ASM4, [SOURCE4])
    lab.leave(ASM4)
    lab.listen_until_quiet()


def igmpv2(lab):
    """The same host once a Query of IGMPv2 was heard."""
    lab.listen_until_quiet()
    lab.frames.clear()
    lab.join(ASM4)
    lab.listen_until_quiet()
    lab.ask(version=2)
    lab.ask(ASM4, version=2)
    lab.leave(ASM4)
    lab.listen_until_quiet()


BOTH = "{%s, %s}" % (SOURCE, SOURCE_2)
SOLICITED = "IS_EX %s {}" % make.SOLICITED
ANSWERS = 2 * [
    "v2 Query %s {}" % SSM,
    "Report: IS_IN %s %s" % (SSM, BOTH),
    "v2 Query %s {%s, %s}" % (SSM, SOURCE, SOURCE_3),
    "Report: IS_IN %s {%s}" % (SSM, SOURCE),
    "v2 Query %s {%s}" % (SSM, SOURCE_3),
    "v2 Query %s {}" % ASM,
    "Report: IS_EX %s {%s}" % (ASM, SOURCE_3),
    "v2 Query %s {%s, %s}" % (ASM, SOURCE, SOURCE_3),
    # RFC 3810 5.2.4.2 wants IS_IN of ::5; this kernel tells its whole state.
    "Report: IS_EX %s {%s}" % (ASM, SOURCE_3),
    "v2 Query %s {%s}" % (ASM, SOURCE_3),
]

STORIES = {
    "linux-specific.pcap": (specific, Lab, ANSWERS),
    "linux-older.pcap": (
        older,
        Lab,
        [
            "v2 Query :: {}",
            "Report: %s; IS_EX %s {}; IS_IN %s {%s}" % (SOLICITED, ASM, SSM, SOURCE),
            "v1 Query :: {}",
            "v1 Report %s to %s" % (ASM, ASM),
            "Done %s to ff02::2" % ASM,
            "v1 Report %s to %s" % (OTHER, OTHER),
            "Report: TO_IN %s {}" % OTHER,
            "v2 Query :: {}",
            "Report: %s; IS_IN %s {%s}" % (SOLICITED, SSM, SOURCE),
        ],
    ),
    "linux-many.pcap": (many, Lab, ["v2 Query :: {}"]),
    "linux-igmpv3.pcap": (
        igmpv3,
        Lab4,
        [
            "Query 0.0.0.0",
            "Report: IS_EX %s {}; IS_IN %s {%s, %s}" % (ASM4, SSM4, SOURCE4, SOURCE4_2),
            "Query %s" % SSM4,
            "Report: IS_IN %s {%s, %s}" % (SSM4, SOURCE4, SOURCE4_2),
            "Query %s" % SSM4,
            "Report: IS_IN %s {%s}" % (SSM4, SOURCE4),
            "Query %s" % ASM4,
            "Report: IS_EX %s {}" % ASM4,
            "Query %s" % ASM4,
            "Report: IS_EX %s {}" % ASM4,  # RFC 3376 5.2 wants IS_IN of the source
            "Report: TO_IN %s {}" % ASM4,
        ],
    ),
    "linux-igmpv2.pcap": (
        igmpv2,
        Lab4,
        ["Query 0.0.0.0", "v2 Report %s" % ASM4, "Query %s" % ASM4, "v2 Report %s" % ASM4, "Leave %s" % ASM4],
    ),
}


def check(name, frames, wanted):
    """Raises Failure unless the file says what is wanted, in this order; more may be said between."""
    lines = [said(frame) for _, frame in frames]
    rest = iter(lines)
    for line in wanted:
        if line not in rest:
            raise Failure("%s does not say, where it should: %s\n  %s" % (name, line, "\n  ".join(lines)))
    if name == "linux-many.pcap":
        answers = [make.parse(frame).records() for _, frame in frames if said(frame).startswith("Report: IS_EX")]
        groups = {group for records in answers for _, group, _ in records}
        if len(answers) < 2 or not groups >= {str(ipaddress.IPv6Address(group)) for group in MANY}:
            raise Failure("%d answers for %d groups" % (len(answers), len(groups)))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="FILE", help="stories to record (default: all): " + ", ".join(STORIES))
    parser.add_argument("--out", metavar="DIR", default=os.path.dirname(os.path.abspath(__file__)), help="where the captures go")
    given = parser.parse_args()
    for name in given.names:
        if name not in STORIES:
            parser.error("no story is called %s" % name)
    if platform.system() != "Linux" or os.geteuid() != 0:
        raise Failure("needs Linux and root, for network namespaces and raw sockets")
    print("Linux %s, %s" % (platform.release(), platform.machine()))
    for name in given.names or STORIES:
        story, laboratory, wanted = STORIES[name]
        print("%s: %s" % (name, story.__doc__), flush=True)
        with laboratory() as lab:
            story(lab)
        for nanoseconds, frame in lab.frames:
            line = said(frame)
            print("  %9.6f  %s" % ((nanoseconds // 1000 - lab.frames[0][0] // 1000) / 1e6, line if len(line) < 200 else line[:200] + " .."))
        check(name, lab.frames, wanted)
        make.write_pcap(os.path.join(given.out, name), lab.frames)


if __name__ == "__main__":
    try:
        main()
    except (Failure, OSError) as error:
        sys.exit("queries.py: %s" % error)
    except KeyboardInterrupt:
        sys.exit(130)
