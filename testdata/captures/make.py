#!/usr/bin/env python3
"""Record what a live Linux kernel says as an MLDv2 listener (RFC 3810).

The captures beside this script were made by it. Every Report in them was
built, timed and sent by the kernel; this script only joins and leaves groups
through the ordinary socket options, plays the router that sends the Queries,
and writes down what passes.

    mobile node                                  access router
    network namespace                            network namespace
    +--------------------------+                 +-----------------------+
    | sockets that join/leave  |                 | sends Queries (raw)   |
    | kernel: MLDv2 listener   |                 | records MLD (raw)     |
    |            mn0 ----------+------ veth -----+-- ar0, no IPv6 stack  |
    +--------------------------+                 +-----------------------+
    02:00:00:00:00:11                            02:00:00:00:00:01
    fe80::ff:fe00:11                             fe80::ff:fe00:1

Why it is built this way:

* Both namespaces are anonymous: only file descriptors of this process hold
  them. The kernel removes them, and the veth pair, when the process ends,
  whatever ended it. Nothing is left to clean up, not even after kill -9, and
  nothing is ever created in the namespace that the script was started from.
* Fixed MAC addresses give fixed link-local addresses, so two runs differ only
  in times and in the kernel's random delays.
* The router's interface has no IPv6 stack. Its kernel would otherwise report
  its own groups on the same link, and the files would mix two listeners.
* MLD itself stays at the kernel's defaults (version 2, robustness 2,
  unsolicited reports 1 s apart at most). The script checks that and stops if
  the machine was tuned, because the captures would then show the tuning.
"""

import argparse
import contextlib
import ctypes
import errno
import ipaddress
import os
import platform
import select
import shutil
import socket
import struct
import subprocess
import sys
import time

# --------------------------------------------------------------------------
# Names and numbers

HOST_IF, HOST_MAC, HOST_LL = "mn0", "02:00:00:00:00:11", "fe80::ff:fe00:11"
ROUTER_IF, ROUTER_MAC, ROUTER_LL = "ar0", "02:00:00:00:00:01", "fe80::ff:fe00:1"

SSM = "ff3e::8000:1"  # source-specific: the dynamic part of ff3x::/96 (RFC 4607)
SOURCE = "2001:db8:5::5"
SOURCE_2 = "2001:db8:5::6"
ASM = "ff1e::1234"  # any-source, transient, global scope
SOLICITED = "ff02::1:ff00:11"  # every node joins this for its own address (RFC 4291)

ALL_NODES = "ff02::1"
ALL_MLDV2_ROUTERS = "ff02::16"

# Linux numbers that Python's socket module does not name.
IPV6_JOIN_GROUP, IPV6_LEAVE_GROUP = 20, 21
MCAST_LEAVE_GROUP, MCAST_JOIN_SOURCE_GROUP, MCAST_LEAVE_SOURCE_GROUP = 45, 46, 47
SO_TIMESTAMPNS = 35
ETH_P_ALL, ETH_P_IPV6 = 0x0003, 0x86DD
CLONE_NEWNET = 0x40000000

QUERY, REPORT_V1, DONE_V1, REPORT_V2 = 130, 131, 132, 143
MLD_TYPES = {QUERY, REPORT_V1, DONE_V1, REPORT_V2}
RECORD_NAMES = {1: "IS_IN", 2: "IS_EX", 3: "TO_IN", 4: "TO_EX", 5: "ALLOW", 6: "BLOCK"}

ROBUSTNESS = 2  # RFC 3810 9.1: every change is reported this many times
MAX_RESPONSE_MS = 1000

# The random delay before a retransmission is below one second, so two seconds
# without a Report mean that the kernel has said everything it wants to say.
QUIET = 2.0


class Failure(Exception):
    """Something the reader can act on; printed without a traceback."""


# --------------------------------------------------------------------------
# Bytes: the Query we send, and just enough decoding to filter, check and show


def packed(address):
    return ipaddress.IPv6Address(address).packed


def text(octets):
    return str(ipaddress.IPv6Address(octets))


def icmpv6_sum(src, dst, message):
    """RFC 4443 2.3. Over a message with a correct checksum in it this is 0."""
    data = src + dst + struct.pack("!II", len(message), 58) + message
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


def general_query():
    """An MLDv2 General Query as an Ethernet frame.

    A listener ignores a Query unless all of this holds (RFC 3810 5.1.14, 6.2):
    link-local source, hop limit 1, Router Alert in a hop-by-hop header. The 28
    octets make it version 2; with 24 the kernel would fall back to MLDv1.
    """
    src, dst = packed(ROUTER_LL), packed(ALL_NODES)
    body = struct.pack(
        "!HH16sBBH",
        MAX_RESPONSE_MS,  # below 32768 the code is the time in milliseconds
        0,
        bytes(16),  # no group: a General Query
        ROBUSTNESS,  # S flag clear, QRV 2
        125,  # QQIC: the default query interval in seconds
        0,  # no sources
    )
    checksum = icmpv6_sum(src, dst, struct.pack("!BBH", QUERY, 0, 0) + body)
    message = struct.pack("!BBH", QUERY, 0, checksum) + body
    # Next header 58, length 0 (8 octets), Router Alert = MLD, PadN of 2 octets.
    hop_by_hop = bytes([58, 0, 5, 2, 0, 0, 1, 0])
    payload = hop_by_hop + message
    ipv6 = struct.pack("!IHBB", 0x60000000, len(payload), 0, 1) + src + dst
    ethernet = b"\x33\x33" + dst[12:] + bytes.fromhex(ROUTER_MAC.replace(":", ""))
    return ethernet + struct.pack("!H", ETH_P_IPV6) + ipv6 + payload


class Mld:
    """One MLD message taken out of an Ethernet frame."""

    def __init__(self, src, dst, hop_limit, router_alert, message):
        self.src, self.dst = text(src), text(dst)
        self.hop_limit, self.router_alert = hop_limit, router_alert
        self.message, self.type = message, message[0]
        self.checksum_ok = icmpv6_sum(src, dst, message) == 0

    def records(self):
        """The records of a version 2 Report: [(name, group, (source, ...)), ...]."""
        if self.type != REPORT_V2:
            return []
        (count,) = struct.unpack_from("!H", self.message, 6)
        found, at = [], 8
        for _ in range(count):
            kind, aux, sources = struct.unpack_from("!BBH", self.message, at)
            group = text(self.message[at + 4 : at + 20])
            at += 20
            listed = [self.message[at + 16 * i : at + 16 * i + 16] for i in range(sources)]
            at += 16 * sources + 4 * aux
            found.append((RECORD_NAMES.get(kind, str(kind)), group, tuple(map(text, listed))))
        if at != len(self.message):
            raise Failure("a Report has %d octets but its records end at %d" % (len(self.message), at))
        return found

    def __str__(self):
        if self.type == QUERY:
            code = struct.unpack_from("!H", self.message, 4)[0]
            return "Query, group %s, maximum response code %d" % (text(self.message[8:24]), code)
        if self.type == REPORT_V2:
            return "Report: " + "; ".join(
                "%s %s {%s}" % (name, group, ", ".join(sources)) for name, group, sources in self.records()
            )
        return "MLDv1 type %d, group %s" % (self.type, text(self.message[8:24]))


def parse(frame):
    """The MLD message in a frame, or None for everything else on the link."""
    if len(frame) < 54 or struct.unpack_from("!H", frame, 12)[0] != ETH_P_IPV6:
        return None
    length, following, hop_limit = struct.unpack_from("!HBB", frame, 18)
    rest, router_alert = frame[54 : 54 + length], False
    if following == 0 and len(rest) >= 8:
        size = 8 + 8 * rest[1]
        following, router_alert = rest[0], b"\x05\x02\0\0" in rest[2:size]
        rest = rest[size:]
    if following != 58 or len(rest) < 8 or rest[0] not in MLD_TYPES:
        return None
    return Mld(frame[22:38], frame[38:54], hop_limit, router_alert, rest)


# --------------------------------------------------------------------------
# Files: classic pcap, written out by hand because it is 24 + 16 octets

PCAP_MAGIC, LINKTYPE_ETHERNET = 0xA1B2C3D4, 1  # this magic number: microseconds


def write_pcap(path, frames):
    """Little-endian on every machine, so that two runs can be compared octet by octet."""
    part = path + ".part"
    with open(part, "wb") as file:
        file.write(struct.pack("<IHHiIII", PCAP_MAGIC, 2, 4, 0, 0, 65535, LINKTYPE_ETHERNET))
        for nanoseconds, frame in frames:
            seconds, micros = divmod(nanoseconds // 1000, 1_000_000)
            file.write(struct.pack("<IIII", seconds, micros, len(frame), len(frame)) + frame)
    os.replace(part, path)


def read_pcap(path):
    with open(path, "rb") as file:
        data = file.read()
    if len(data) < 24 or struct.unpack_from("<I", data)[0] != PCAP_MAGIC:
        raise Failure("%s is not a capture that this script wrote" % path)
    frames, at = [], 24
    while at < len(data):
        if at + 16 > len(data):
            raise Failure("%s ends inside a packet header" % path)
        seconds, micros, length, _ = struct.unpack_from("<IIII", data, at)
        frames.append(((seconds * 1_000_000 + micros) * 1000, data[at + 16 : at + 16 + length]))
        if len(frames[-1][1]) != length:
            raise Failure("%s ends inside a packet" % path)
        at += 16 + length
    return frames


def show(frames):
    for nanoseconds, frame in frames:
        mld = parse(frame)
        since = (nanoseconds // 1000 - frames[0][0] // 1000) / 1e6
        if mld is None:
            print("  %9.6f  not MLD" % since)
        else:
            print("  %9.6f  %-16s > %-8s  %s" % (since, mld.src, mld.dst, mld))


# --------------------------------------------------------------------------
# The laboratory: two namespaces and the link between them


def libc(name, *arguments):
    """unshare(2) and setns(2): Python has them only from 3.12 on."""
    library = ctypes.CDLL(None, use_errno=True)
    if getattr(library, name)(*arguments) != 0:
        number = ctypes.get_errno()
        hint = " (are namespaces allowed here?)" if number == errno.EPERM else ""
        raise Failure("%s: %s%s" % (name, os.strerror(number), hint))


def own_namespace():
    return os.open("/proc/self/ns/net", os.O_RDONLY | os.O_CLOEXEC)


@contextlib.contextmanager
def inside(namespace):
    """A socket stays in the namespace it was created in, and a child process
    and /proc/sys/net follow the caller; so a short visit is all we need."""
    home = own_namespace()
    try:
        libc("setns", namespace, CLONE_NEWNET)
        try:
            yield
        finally:
            libc("setns", home, CLONE_NEWNET)
    finally:
        os.close(home)


def new_namespace():
    home = own_namespace()
    try:
        libc("unshare", CLONE_NEWNET)
        try:
            return own_namespace()
        finally:
            libc("setns", home, CLONE_NEWNET)
    finally:
        os.close(home)


def ip(*arguments):
    done = subprocess.run(["ip", *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        raise Failure("ip %s\n  %s" % (" ".join(arguments), done.stdout.decode(errors="replace").strip()))


def sysctl_path(interface, name):
    return "/proc/sys/net/ipv6/conf/%s/%s" % (interface, name)


def sysctl(interface, name, value):
    path = sysctl_path(interface, name)
    try:
        with open(path, "w") as file:
            file.write("%d\n" % value)
    except OSError as error:
        raise Failure("cannot set %s: %s (is IPv6 off in this kernel?)" % (path, error.strerror)) from None


def require(path, wanted):
    try:
        with open(path) as file:
            found = int(file.read())
    except FileNotFoundError:
        return  # containers hide the global ones; the check of each story still counts
    if found != wanted:
        raise Failure("%s is %d; the captures need the kernel's default, %d" % (path, found, wanted))


class Lab:
    """The two namespaces, the recorder, and what a story may do with them."""

    def __init__(self):
        self.frames = []  # (nanoseconds since 1970, Ethernet frame), MLD only

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            self._build(stack)
            self._stack = stack.pop_all()  # keep everything open: the set-up succeeded
        return self

    def __exit__(self, *_):
        # Closing the last descriptor of a namespace removes it and its devices.
        self._stack.close()

    def _build(self, stack):
        require("/proc/sys/net/ipv6/mld_qrv", ROBUSTNESS)
        host, router = new_namespace(), new_namespace()
        stack.callback(os.close, host)
        stack.callback(os.close, router)

        self.host = host
        with inside(host):
            # Each end of the pair is born in its own namespace. The interfaces
            # are still down, so nothing is said before the recorder listens.
            ip("link", "add", HOST_IF, "address", HOST_MAC, "type", "veth",
               "peer", "name", ROUTER_IF, "address", ROUTER_MAC,
               "netns", "/proc/%d/fd/%d" % (os.getpid(), router))  # fmt: skip
            # No duplicate address detection: the link-local address is usable
            # at once, and no Report goes out with :: as its source.
            sysctl(HOST_IF, "accept_dad", 0)
            sysctl(HOST_IF, "dad_transmits", 0)
            # The address comes from the MAC, also where the system prefers stable
            # privacy addresses.
            sysctl(HOST_IF, "addr_gen_mode", 0)
            # No address from elsewhere, hence exactly one solicited-node group.
            sysctl(HOST_IF, "accept_ra", 0)
            require(sysctl_path(HOST_IF, "force_mld_version"), 0)
            require(sysctl_path("all", "force_mld_version"), 0)
            require(sysctl_path(HOST_IF, "mldv2_unsolicited_report_interval"), 1000)
            self.host_index = socket.if_nametoindex(HOST_IF)
            # Memberships live as long as their socket.
            self.app = stack.enter_context(socket.socket(socket.AF_INET6, socket.SOCK_DGRAM))

        with inside(router):
            sysctl(ROUTER_IF, "disable_ipv6", 1)
            # Up before the bind: a packet socket bound to an interface that is down
            # starts with an error. The link itself stays down until the host is up too.
            ip("link", "set", ROUTER_IF, "up")
            # ETH_P_ALL, because only such a socket also sees outgoing frames, and
            # two sockets, because none sees what it sent itself: this is how the
            # Query gets into the file with the time at which it really left.
            self.tap = stack.enter_context(
                socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
            )
            self.tap.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
            self.tap.bind((ROUTER_IF, ETH_P_ALL))
            self.tap.setblocking(False)
            self.out = stack.enter_context(socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0))
            self.out.bind((ROUTER_IF, 0))

        with inside(host):
            ip("link", "set", HOST_IF, "up")

    # ---- time and recording

    def _take(self):
        """Store what has arrived. The kernel's receive time, not ours: it does
        not depend on when this process was scheduled."""
        while True:
            try:
                frame, control, _, _ = self.tap.recvmsg(65535, 64)
            except BlockingIOError:
                return
            for level, kind, data in control:
                if level == socket.SOL_SOCKET and kind == SO_TIMESTAMPNS and self.recorded(frame):
                    seconds, nanoseconds = struct.unpack("@ll", data[: struct.calcsize("@ll")])
                    self.frames.append((seconds * 1_000_000_000 + nanoseconds, frame))

    def recorded(self, frame):
        """Whether a frame belongs into the file."""
        return parse(frame)

    def listen_until(self, when):
        """Record until this time (seconds since 1970, as in the file)."""
        while (left := when - time.time()) > 0:
            # Timeouts end on a timer tick, up to 10 ms late. Sleep through all but
            # that, then look without sleeping: the stories keep their times.
            select.select([self.tap], [], [], max(0.0, left - 0.01))
            self._take()

    def listen(self, seconds):
        self.listen_until(time.time() + seconds)

    def wait_for_report(self, seconds=5.0):
        """Record until something new is there; returns the time of it."""
        before, end = len(self.frames), time.time() + seconds
        while len(self.frames) == before:
            left = end - time.time()
            if left <= 0:
                raise Failure("no Report from the kernel within %g s" % seconds)
            select.select([self.tap], [], [], left)
            self._take()
        return self.frames[before][0] / 1e9

    def listen_until_quiet(self):
        """Record until the kernel has sent all its retransmissions."""
        mark = time.time()
        while time.time() < mark + QUIET:
            before = len(self.frames)
            self.listen_until(mark + QUIET)
            if len(self.frames) > before:
                mark = self.frames[-1][0] / 1e9

    def skip_link_up(self):
        """Let the Reports pass that belong to the interface coming up."""
        self.wait_for_report()
        self.listen_until_quiet()
        self.frames.clear()

    # ---- what the application on the mobile node does

    def _option(self, option, group, source=None):
        def sockaddr(address):  # struct sockaddr_in6 in a struct sockaddr_storage
            return struct.pack("=HHI16sI", socket.AF_INET6, 0, 0, packed(address), 0).ljust(128, b"\0")

        # struct group_req and group_source_req: the "0L" is the gap after the index
        # that the alignment of sockaddr_storage leaves on 64-bit machines.
        request = struct.pack("@I0L", self.host_index) + sockaddr(group)
        if source is not None:
            request += sockaddr(source)
        self.app.setsockopt(socket.IPPROTO_IPV6, option, request)

    def join(self, group):
        request = packed(group) + struct.pack("@I", self.host_index)
        self.app.setsockopt(socket.IPPROTO_IPV6, IPV6_JOIN_GROUP, request)

    def leave(self, group):
        request = packed(group) + struct.pack("@I", self.host_index)
        self.app.setsockopt(socket.IPPROTO_IPV6, IPV6_LEAVE_GROUP, request)

    def join_source(self, group, source):
        self._option(MCAST_JOIN_SOURCE_GROUP, group, source)

    def leave_source(self, group, source):
        self._option(MCAST_LEAVE_SOURCE_GROUP, group, source)

    def leave_all_sources(self, group):
        self._option(MCAST_LEAVE_GROUP, group)

    # ---- what the access router does

    def query(self):
        self.out.send(general_query())


# --------------------------------------------------------------------------
# The stories, one capture each


def handover(lab):
    """A channel, a group 0.3 s later, and a General Query 6 s after the first Report."""
    lab.skip_link_up()
    lab.join_source(SSM, SOURCE)
    first = lab.wait_for_report()
    lab.listen_until(first + 0.3)
    lab.join(ASM)
    lab.listen_until(first + 6.0)
    lab.query()
    lab.listen_until_quiet()


def join_leave(lab):
    """Join a group and a channel of two sources, then leave all, step by step."""
    lab.skip_link_up()
    lab.join(ASM)
    lab.listen_until_quiet()
    lab.join_source(SSM, SOURCE)
    lab.join_source(SSM, SOURCE_2)
    lab.listen_until_quiet()
    lab.leave_source(SSM, SOURCE_2)
    lab.listen_until_quiet()
    lab.leave_all_sources(SSM)
    lab.listen_until_quiet()
    lab.leave(ASM)
    lab.listen_until_quiet()


def query(lab):
    """From the interface coming up: both joins at once, then a General Query."""
    lab.wait_for_report()
    lab.listen_until_quiet()
    lab.join(ASM)
    lab.join_source(SSM, SOURCE)
    lab.listen_until_quiet()
    lab.query()
    lab.listen_until_quiet()


# --------------------------------------------------------------------------
# Checks: a file is written only if it holds what its story promises


def spread(frames, names):
    """How often each change was reported: {(record name, group, source or None): count}.

    Counted for each source, because the kernel is free to merge what is pending
    into one Report, and a different random delay merges differently.
    """
    counts = {}
    for _, frame in frames:
        for name, group, sources in parse(frame).records():
            if name in names:
                for source in sources or (None,):
                    counts[name, group, source] = counts.get((name, group, source), 0) + 1
    return counts


def check(frames, changes, answer):
    """Raises Failure unless every change was reported `ROBUSTNESS` times and,
    where the story has a Query, one Report answered it in time and in full."""
    queried = None
    answers = []
    for nanoseconds, frame in frames:
        mld = parse(frame)
        from_host = mld.type == REPORT_V2
        if not (mld.checksum_ok and mld.hop_limit == 1 and mld.router_alert):
            raise Failure("bad checksum, hop limit or router alert in: %s" % mld)
        if not from_host and mld.type != QUERY:
            raise Failure("the kernel speaks MLDv1: %s" % mld)
        if (mld.src, mld.dst) != ((HOST_LL, ALL_MLDV2_ROUTERS) if from_host else (ROUTER_LL, ALL_NODES)):
            raise Failure("unexpected addresses: %s > %s  %s" % (mld.src, mld.dst, mld))
        if mld.type == QUERY:
            queried = nanoseconds
        elif any(name in ("IS_IN", "IS_EX") for name, _, _ in mld.records()):
            answers.append((nanoseconds, mld.records()))

    found = spread(frames, {"TO_IN", "TO_EX", "ALLOW", "BLOCK"})
    # The solicited-node group is reported once more when the address becomes
    # usable, so its count is a matter of the kernel's version: only seen or not.
    solicited = ("TO_EX", SOLICITED, None)
    wanted = {change: ROBUSTNESS for change in changes if change != solicited}
    if {change: count for change, count in found.items() if change != solicited} != wanted:
        raise Failure("state changes reported: %s\n  wanted: %s" % (found, wanted))
    if (solicited in changes) != (solicited in found):
        raise Failure("the Reports of the interface coming up are %s" %
                      ("missing" if solicited in changes else "in the file"))  # fmt: skip

    if answer is None:
        if queried is not None or answers:
            raise Failure("a Query or an answer in a story without")
        return
    if queried is None or len(answers) != 1:
        raise Failure("wanted one Query and one answer, got %d answers" % len(answers))
    delay = (answers[0][0] - queried) / 1e9
    if not 0 < delay < MAX_RESPONSE_MS / 1000 + 0.1:  # a loaded machine may be a little late
        raise Failure("the answer came %.3f s after the Query" % delay)
    if sorted(answers[0][1]) != sorted(answer):
        raise Failure("the answer was %s, wanted %s" % (answers[0][1], answer))


EVERYTHING_JOINED = [("IS_IN", SSM, (SOURCE,)), ("IS_EX", ASM, ()), ("IS_EX", SOLICITED, ())]

# file name: (story, state changes that must be in it, records of the answer)
STORIES = {
    "linux-handover.pcap": (
        handover,
        [("ALLOW", SSM, SOURCE), ("TO_EX", ASM, None)],
        EVERYTHING_JOINED,
    ),
    "linux-join-leave.pcap": (
        join_leave,
        [
            ("TO_EX", ASM, None),
            ("ALLOW", SSM, SOURCE),
            ("ALLOW", SSM, SOURCE_2),
            ("BLOCK", SSM, SOURCE_2),
            ("BLOCK", SSM, SOURCE),
            ("TO_IN", ASM, None),
        ],
        None,
    ),
    "linux-query.pcap": (
        query,
        [("TO_EX", SOLICITED, None), ("TO_EX", ASM, None), ("ALLOW", SSM, SOURCE)],
        EVERYTHING_JOINED,
    ),
}


# --------------------------------------------------------------------------
# Command line

EPILOG = """\
stories:
%s

examples:
  sudo ./make.py                                   all captures, beside this script
  sudo ./make.py --out /tmp/new                    somewhere else, to compare first
  sudo ./make.py --out /tmp/new linux-query.pcap   one of them
  ./make.py --show linux-*.pcap                    print captures; needs no root

It takes about 40 s, because the kernel's delays are real. It needs Linux with
IPv6, veth and network namespaces, the command ip (iproute2), and root. A file is
replaced only after its content passed the checks of its story.
"""


def arguments():
    stories = "\n".join("  %-22s  %s" % (name, story.__doc__) for name, (story, _, _) in STORIES.items())
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog=EPILOG % stories,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", metavar="FILE", help="stories to record (default: all)")
    parser.add_argument(
        "--out",
        metavar="DIR",
        default=os.path.dirname(os.path.abspath(__file__)),
        help="where the captures go; must exist (default: the folder of this script)",
    )
    parser.add_argument("--show", action="store_true", help="print the given captures, record nothing")
    given = parser.parse_args()
    if given.show and not given.names:
        parser.error("--show needs at least one FILE")
    if not given.show:
        for name in given.names:
            if name not in STORIES:
                parser.error("no story is called %s; there are: %s" % (name, ", ".join(STORIES)))
    return given


def main():
    given = arguments()
    if given.show:
        for path in given.names:
            print(path)
            show(read_pcap(path))
        return
    if platform.system() != "Linux":
        raise Failure("this records the Linux kernel, so it has to run on Linux")
    if os.geteuid() != 0:
        raise Failure("needs root, for network namespaces and raw sockets (try: sudo %s)" % sys.argv[0])
    if shutil.which("ip") is None:
        raise Failure("the command ip is missing (package iproute2)")
    if not os.path.isdir(given.out):
        raise Failure("%s is not a folder" % given.out)

    print("Linux %s, %s" % (platform.release(), platform.machine()))
    for name in given.names or STORIES:
        story, changes, answer = STORIES[name]
        print("%s: %s" % (name, story.__doc__), flush=True)
        with Lab() as lab:
            story(lab)
        show(lab.frames)
        check(lab.frames, changes, answer)
        write_pcap(os.path.join(given.out, name), lab.frames)


if __name__ == "__main__":
    try:
        main()
    except BrokenPipeError:  # the output went to something like head
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (Failure, OSError) as error:
        sys.exit("make.py: %s" % error)
    except KeyboardInterrupt:
        sys.exit(130)
