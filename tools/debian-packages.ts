/** What the tests and the demo need from Debian, and why. Add a row here; `npm test` installs what is missing. */

export interface DebianPackage {
  readonly name: string;
  readonly why: string;
}

export const DEBIAN_PACKAGES: readonly DebianPackage[] = [
  { name: 'chromium', why: 'a real browser for the pages' },
  { name: 'libnss3-tools', why: "certutil: makes keys and certificates in a browser's own store" },
  { name: 'fonts-noto-core', why: 'letters for the pages in every language of the panel' },
  { name: 'xvfb', why: 'a real X display to share' },
  { name: 'tigervnc-scraping-server', why: 'X0tigervnc, a stock RFB server over that display' },
  { name: 'x11vnc', why: 'another stock RFB server, of another family' },
  {
    name: 'ffmpeg',
    why: 'encodes what moves on a cart’s screen; its player puts a film on a display, its decoder reads ours',
  },
  { name: 'xdotool', why: 'input into that display, as a person would give it' },
  {
    name: 'openbox',
    why: 'a window manager on that display: it moves the keyboard between windows',
  },
  { name: 'x11-utils', why: 'asks that display what it shows' },
  { name: 'postgresql', why: 'a real PostgreSQL for the second half of the storage tests' },
  { name: 'curl', why: "somebody else's EST peer, with openssl: it enrols as a cart" },
  { name: 'openssl', why: 'an independent reader of our certificates and TLS' },
  { name: 'age', why: 'an independent reader of sealed records' },
  { name: 'rsyslog', why: 'a real collector of syslog, for what is forwarded to a SIEM' },
  { name: 'rsyslog-openssl', why: 'its TLS' },
  { name: 'libxml2-utils', why: 'xmllint: holds audit messages against the schema of DICOM' },
  { name: 'iproute2', why: 'network namespaces, to lose and find a network' },
  { name: 'e2fsprogs', why: 'a file system that can be frozen, for the stalled-disk test' },
  { name: 'nftables', why: 'drops packets silently, as a broken network does' },
  { name: 'samba', why: 'a real Active Directory domain controller' },
  { name: 'samba-ad-provision', why: 'makes such a domain' },
  { name: 'samba-dsdb-modules', why: 'the database of such a domain' },
  { name: 'samba-vfs-modules', why: 'the file system of such a controller' },
  { name: 'clamav-daemon', why: 'a real virus scanner that says how old its definitions are' },
  { name: 'python3-samba', why: 'puts people and groups into such a domain' },
  { name: 'softhsm2', why: 'a real PKCS #11 module with tokens for the authority’s keys' },
  { name: 'network-manager', why: 'the real NetworkManager that sets up a cart’s network' },
  { name: 'dbus', why: 'the bus on which NetworkManager is asked, a private one' },
  { name: 'dnsmasq-base', why: 'a hospital’s DHCP and name server' },
  {
    name: 'python3-dbusmock',
    why: 'a NetworkManager with a Wi-Fi adapter, where no radio exists',
  },
  { name: 'iw', why: 'asks the kernel what a Wi-Fi adapter can' },
  { name: 'wpasupplicant', why: 'signs in to a network by 802.1X, for NetworkManager' },
  { name: 'eapoltest', why: 'signs in by 802.1X without a network, straight to a RADIUS server' },
  { name: 'freeradius', why: 'a hospital’s RADIUS server for 802.1X' },
  { name: 'hostapd', why: 'a switch that asks for 802.1X on a wire' },
  { name: 'squid', why: 'a hospital’s proxy, with Basic and Digest' },
  { name: 'opensc', why: 'pkcs11-tool, an independent reader of such a token' },
  {
    name: 'unbound',
    why: 'a hospital’s name server that answers from zones of its own, filters and refuses',
  },
  { name: 'swift-proxy', why: 'OpenStack Swift with its S3 interface: a real S3-compatible store' },
  { name: 'swift-account', why: 'its accounts' },
  { name: 'swift-container', why: 'its buckets' },
  { name: 'swift-object', why: 'its objects' },
  { name: 'dcmtk', why: 'an independent reader of de-identified DICOM files' },
  { name: 'dicom3tools', why: 'dciodvfy: holds such a file against the standard' },
  { name: 'python3-pydicom', why: 'another independent reader, which walks every element' },
  { name: 'python3-numpy', why: 'lets that one see pixels' },
  { name: 'procps', why: 'sysctl: makes a router of a network namespace' },
];
