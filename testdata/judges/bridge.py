"""Plays frames into a Linux bridge that snoops and queries, in the network namespace that it is started in, and prints what
the bridge knows after each: one JSON line for each step.

Standard input is JSON: {"fastleave": whether the bridge tracks hosts, "steps": [..]}, each step {"wait": seconds, "frame":
hex digits or null}. A line has the moments, in seconds, between which the frame was sent and between which the bridge was
asked, and its groups of the port.
"""
import json
import socket
import subprocess
import sys
import time


def run(command):
    return subprocess.run(command, shell=True, check=True, capture_output=True, text=True).stdout


# In hundredths of a second. The membership interval is robustness 2 x query interval + response interval.
run("ip link set lo up")
run(
    "ip link add br0 type bridge mcast_snooping 1 mcast_querier 1 mcast_mld_version 2 mcast_igmp_version 3"
    " mcast_query_interval 500 mcast_query_response_interval 200 mcast_membership_interval 1200 mcast_last_member_interval 100"
    " mcast_last_member_count 2 mcast_startup_query_count 0"
)
run("ip link add port type veth peer name host")
for name in ("port", "host"):
    run(f"echo 1 > /proc/sys/net/ipv6/conf/{name}/disable_ipv6")
# The querier needs an address.
run("echo 0 > /proc/sys/net/ipv6/conf/br0/accept_dad")
run("ip link set port master br0 && ip link set port up && ip link set host up && ip link set br0 up")
while json.loads(run("bridge -j link show dev port"))[0]["state"] != "forwarding" or "LOWER_UP" not in run("ip link show host"):
    time.sleep(0.1)
time.sleep(2)
plan = json.load(sys.stdin)
if plan["fastleave"]:
    run("bridge link set dev port fastleave on")
sender = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
sender.bind(("host", 0))

due = start = time.monotonic()
for step in plan["steps"]:
    due += step["wait"]
    time.sleep(max(0, due - time.monotonic()))
    sent = time.monotonic() - start
    if step["frame"]:
        sender.send(bytes.fromhex(step["frame"]))
    after = time.monotonic() - start
    asked = json.loads(run("bridge -d -s -j mdb show"))[0]["mdb"]
    answered = time.monotonic() - start
    groups = [entry for entry in asked if entry["port"] == "port" and "src" not in entry]
    print(json.dumps({"sent": [sent, after], "asked": [after, answered], "groups": groups}), flush=True)
