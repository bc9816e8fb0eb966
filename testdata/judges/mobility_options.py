#!/usr/bin/python3
"""What scapy reads in the options of Binding Updates, and whether it writes the same octets again.

Each line of the input is the octets of a Binding Update, in hexadecimal digits. Each line of the output is `same` or
`other`, then for each option that is no padding its type and its fields, octets as hexadecimal digits.
"""

import sys

from scapy.layers.inet6 import MIP6MH_BU

PADDING = (0, 1)
NOT_SHOWN = ("otype", "olen", "reserved", "pad")

for line in sys.stdin:
    octets = bytes.fromhex(line)
    update = MIP6MH_BU(octets)
    said = []
    for option in update.options:
        option.raw_packet_cache = None
        if option.otype in PADDING:
            continue
        said.append(str(option.otype))
        for field in option.fields_desc:
            if field.name not in NOT_SHOWN:
                value = option.getfieldval(field.name)
                value = value.hex() if isinstance(value, bytes) else value
                said.append("%s=%s" % (field.name, "%024x" % value if field.name == "authenticator" else value))
    update.raw_packet_cache = None
    print(" ".join(["same" if bytes(update) == octets else "other"] + said))
