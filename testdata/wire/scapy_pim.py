#!/usr/bin/env python3
"""The lines of `pim.txt` whose origin is scapy.

Needs scapy 2.6 or later, the first to know PIM over IPv6 (pip install scapy), and writes the same each time.
"""

from scapy.contrib.pim import (
    PIMv2GroupAddrs,
    PIMv2Hdr,
    PIMv2Hello,
    PIMv2HelloAddrList,
    PIMv2HelloAddrListValue,
    PIMv2HelloDRPriority,
    PIMv2HelloGenerationID,
    PIMv2HelloHoldtime,
    PIMv2HelloLANPruneDelay,
    PIMv2HelloLANPruneDelayValue,
    PIMv2HelloStateRefresh,
    PIMv2HelloStateRefreshValue,
    PIMv2JoinAddrs,
    PIMv2JoinPrune,
    PIMv2PruneAddrs,
)
from scapy.layers.inet6 import IPv6

SRC, DST = "fe80::1", "ff02::d"
IPV6 = {"addr_family": 2, "mask_len": 128}


def show(name, message):
    octets = bytes(IPv6(src=SRC, dst=DST, nh=103) / message)[40:]
    print(" | ".join([name, "scapy 2.8", SRC, DST, octets.hex()]))


def hello(*options):
    return PIMv2Hdr(type=0) / PIMv2Hello(option=list(options))


def source(kind, address, wildcard, rpt):
    return kind(sparse=1, wildcard=wildcard, rpt=rpt, src_ip=address, **IPV6)


def group(address, joined, pruned):
    return PIMv2GroupAddrs(gaddr=address, join_ips=joined, prune_ips=pruned, **IPV6)


def join_prune(holdtime, *groups):
    body = PIMv2JoinPrune(up_addr_family=2, up_neighbor_ip="fe80::2", holdtime=holdtime, jp_ips=list(groups))
    return PIMv2Hdr(type=3) / body


show(
    "Hello of scapy",
    hello(
        PIMv2HelloHoldtime(holdtime=105),
        PIMv2HelloLANPruneDelay(
            value=[PIMv2HelloLANPruneDelayValue(t=1, propagation_delay=1000, override_interval=3000)]
        ),
        PIMv2HelloDRPriority(dr_priority=7),
        PIMv2HelloGenerationID(generation_id=0x01020304),
        PIMv2HelloAddrList(
            value=[PIMv2HelloAddrListValue(addr_family=2, prefix=f"2001:db8:a::{n}") for n in (1, 2)]
        ),
    ),
)
show(
    "Hello of scapy, goodbye",
    hello(
        PIMv2HelloHoldtime(holdtime=0), PIMv2HelloStateRefresh(value=[PIMv2HelloStateRefreshValue(interval=60)])
    ),
)
show(
    "Join (S,G) of scapy",
    join_prune(210, group("ff3e::8000:1", [source(PIMv2JoinAddrs, "2001:db8:5::5", 0, 0)], [])),
)
show(
    "Join/Prune of scapy",
    join_prune(
        65535,
        group(
            "ff1e::1234",
            [source(PIMv2JoinAddrs, "2001:db8:c::1", 1, 1), source(PIMv2JoinAddrs, "2001:db8:5::6", 0, 0)],
            [source(PIMv2PruneAddrs, "2001:db8:5::5", 0, 1)],
        ),
        group("ff3e::8000:2", [], [source(PIMv2PruneAddrs, f"2001:db8:5::{n}", 0, 0) for n in (5, 6)]),
    ),
)
