#!/usr/bin/python3
"""What scapy reads in messages of IGMPv3, and the checksum that it gives them.

Each line of the input is the octets of a Report, in hexadecimal digits; each line of the output is the checksum of its
message, four digits, and for each record its type, group, sources and number of words of auxiliary data. The checksum
in the message is not looked at.
"""

import sys

from scapy.contrib.igmpv3 import IGMPv3
from scapy.utils import checksum

for line in sys.stdin:
    message = bytearray.fromhex(line)
    message[2:4] = bytes(2)
    said = ["%04x" % checksum(bytes(message))]
    records = IGMPv3(bytes(message)).payload
    for record in records.records:
        said.append("%d/%s/%s/%d" % (record.rtype, record.maddr, ",".join(record.srcaddrs), record.auxdlen))
    print(" ".join(said))
