/** A hospital's DHCP server: a real dnsmasq in a namespace. */
import { startDaemon } from './daemon.ts';
import type { Daemon } from './daemon.ts';
import type { Namespace } from './namespace.ts';

export interface DHCPOffer {
  readonly in: Namespace;
  readonly interface: string;
  /** First and last address that is given away. */
  readonly range: readonly [string, string];
  /** Null: none is told. */
  readonly router: string | null;
  readonly nameServers: readonly string[];
  /** Further arguments, as dnsmasq(8) has them: `--address=/name/1.2.3.4`. */
  readonly more?: readonly string[];
}

/** Starts a DHCP server on one interface; the name server is dnsmasq's own, on the same interface. */
export async function startDnsmasq(offer: DHCPOffer): Promise<Daemon> {
  const told = [
    `--dhcp-option=option:router${offer.router === null ? '' : `,${offer.router}`}`,
    `--dhcp-option=option:dns-server${['', ...offer.nameServers].join(',')}`,
  ];
  const args = [
    ...[
      '--keep-in-foreground',
      '--conf-file=/dev/null',
      '--no-resolv',
      '--no-hosts',
      '--pid-file=',
    ],
    ...[`--interface=${offer.interface}`, '--bind-interfaces', '--user=root', '--log-facility=-'],
    ...[`--dhcp-range=${offer.range.join(',')},1h`, '--dhcp-leasefile=/dev/null', '--no-ping'],
    ...['--dhcp-authoritative', '--leasefile-ro', ...told, ...(offer.more ?? [])],
  ];
  return await startDaemon('ip', offer.in.argumentsFor('dnsmasq', args), (printed) =>
    /DHCP, sockets bound exclusively/.test(printed),
  );
}
