"""Puts a Wi-Fi adapter and access points into python3-dbusmock's NetworkManager, as standard input (JSON) says."""
import json
import sys

import dbus

NM = 'org.freedesktop.NetworkManager'
WIRELESS = NM + '.Device.Wireless'
ACCESS_POINT = NM + '.AccessPoint'
DISCONNECTED = 30
ACTIVATED = 100

bus = dbus.SystemBus()
mock = bus.get_object(NM, '/org/freedesktop/NetworkManager')
template = dbus.Interface(mock, 'org.freedesktop.DBus.Mock')


def put(path, interface, name, value):
    properties = dbus.Interface(bus.get_object(NM, path), 'org.freedesktop.DBus.Properties')
    properties.Set(interface, name, value)


told = json.load(sys.stdin)
put('/org/freedesktop/NetworkManager', NM, 'Version', '1.42.4')
device = template.AddWiFiDevice('radio', told['interface'], DISCONNECTED)
put(device, WIRELESS, 'WirelessCapabilities', dbus.UInt32(told['capabilities']))
radio = dbus.Interface(bus.get_object(NM, device), 'org.freedesktop.DBus.Mock')
radio.AddProperty(WIRELESS, 'LastScan', dbus.Int64(1000))
# A real one says when it has scanned, in milliseconds since the start of the machine; nmcli waits for that.
NOW = "__import__('time').clock_gettime(__import__('time').CLOCK_BOOTTIME)"
radio.AddMethod(
    WIRELESS,
    'RequestScan',
    'a{sv}',
    '',
    f"self.UpdateProperties('{WIRELESS}', {{'LastScan': dbus.Int64({NOW} * 1000 + 1)}})",
)
for index, point in enumerate(told['accessPoints']):
    address = '02:00:00:00:%02X:%02X' % (index // 256, index % 256)
    path = template.AddAccessPoint(
        device, 'point%d' % index, 'x', address, point['mode'], point['frequency'], 54000, point['signal'], 1
    )
    put(path, ACCESS_POINT, 'Ssid', dbus.ByteArray(bytes.fromhex(point['ssidHex'])))
    put(path, ACCESS_POINT, 'Flags', dbus.UInt32(point['flags']))
    put(path, ACCESS_POINT, 'WpaFlags', dbus.UInt32(point['wpa']))
    put(path, ACCESS_POINT, 'RsnFlags', dbus.UInt32(point['rsn']))
    if point['isJoined']:
        radio.AddProperty(WIRELESS, 'ActiveAccessPoint', dbus.ObjectPath(path))
        put(device, NM + '.Device', 'StateReason', dbus.Struct((dbus.UInt32(ACTIVATED), dbus.UInt32(0))))
