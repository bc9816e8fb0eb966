#!/usr/bin/python3
"""The checksum that scapy gives a Mobility Header.

Each line of the input is source, destination and the octets of a message, in hexadecimal digits; each line of the
output is the checksum of its message, four digits. The checksum in the message is not looked at.
"""

import sys

from scapy.layers.inet6 import IPv6, in6_chksum

MOBILITY_HEADER = 135

for line in sys.stdin:
    src, dst, digits = line.split()
    message = bytearray.fromhex(digits)
    message[4:6] = bytes(2)
    print("%04x" % in6_chksum(MOBILITY_HEADER, IPv6(src=src, dst=dst), bytes(message)))
