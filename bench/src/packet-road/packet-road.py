"""A long road between two addresses of one network namespace: every packet is delayed, some are lost, and a rate limits each direction.

| argument | |
|---|---|
| 1 | the TUN device, which exists |
| 2 | JSON: bitsPerSecond, delayMs (one way), loss (of one), queueBytes, seed |

What is sent to 10.77.0.4 comes to 10.77.0.3 as from 10.77.0.2, and what is sent to 10.77.0.2 comes to 10.77.0.1 as from 10.77.0.4.
The sums of the two pairs are the same, so no checksum has to be written anew. A packet is lost before it is queued, as by netem.
Prints "ready", and at SIGTERM one line of JSON: packets and bytes passed, lost by chance and by a full queue, each way.
"""
import collections
import fcntl
import json
import os
import random
import select
import signal
import struct
import sys
import time

TUNSETIFF = 0x400454CA
IFF_TUN = 0x0001
IFF_NO_PI = 0x1000
PACKET_BYTES_MAX = 65536
READ_AT_ONCE = 64
# By the last byte of where a packet goes: the road's lane, and the addresses that it gets.
TURNS = {
    4: (0, bytes([10, 77, 0, 2, 10, 77, 0, 3])),
    2: (1, bytes([10, 77, 0, 4, 10, 77, 0, 1])),
}

device, told = sys.argv[1], json.loads(sys.argv[2])
bytes_per_second = told['bitsPerSecond'] / 8
delay_s = told['delayMs'] / 1000
chance = random.Random(told['seed'])
tun = os.open('/dev/net/tun', os.O_RDWR | os.O_NONBLOCK)
fcntl.ioctl(tun, TUNSETIFF, struct.pack('16sH22x', device.encode(), IFF_TUN | IFF_NO_PI))


class Lane:
    def __init__(self):
        self.free_s = 0.0
        self.under_way = collections.deque()
        self.counts = {'packets': 0, 'bytes': 0, 'lost': 0, 'overflowed': 0}

    def take(self, now, packet):
        counts = self.counts
        if chance.random() < told['loss']:
            counts['lost'] += 1
            return
        waiting = max(0.0, self.free_s - now) * bytes_per_second
        if waiting + len(packet) > told['queueBytes']:
            counts['overflowed'] += 1
            return
        self.free_s = max(now, self.free_s) + len(packet) / bytes_per_second
        self.under_way.append((self.free_s + delay_s, packet))
        counts['packets'] += 1
        counts['bytes'] += len(packet)


lanes = (Lane(), Lane())


def end(_signal, _frame):
    print(json.dumps([lane.counts for lane in lanes]), flush=True)
    os._exit(0)


signal.signal(signal.SIGTERM, end)
print('ready', flush=True)
waiting = select.poll()
waiting.register(tun, select.POLLIN)
while True:
    dues = [lane.under_way[0][0] for lane in lanes if lane.under_way]
    waiting.poll(None if not dues else max(0.0, (min(dues) - time.monotonic()) * 1000))
    for _ in range(READ_AT_ONCE):
        try:
            packet = os.read(tun, PACKET_BYTES_MAX)
        except BlockingIOError:
            break
        turn = TURNS.get(packet[19]) if len(packet) >= 20 and packet[0] >> 4 == 4 else None
        if turn is not None:
            lanes[turn[0]].take(time.monotonic(), packet[:12] + turn[1] + packet[20:])
    now = time.monotonic()
    for lane in lanes:
        while lane.under_way and lane.under_way[0][0] <= now:
            try:
                os.write(tun, lane.under_way[0][1])
            except BlockingIOError:
                break
            lane.under_way.popleft()
