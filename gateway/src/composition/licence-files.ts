/** Writes the files that field engineers carry to carts, with the address at which carts reach this gateway. */
import { X509Certificate } from 'node:crypto';
import type { Authority } from '../authority/contract.ts';
import type { Configuration } from '../platform/configuration/configuration.ts';
import type { DeskFeatures } from '../desk/console/console.ts';

export interface LicenceFiles {
  readonly licenceFileOf: DeskFeatures['licenceFileOf'];
  /** Says where carts reach the edge: it listens after everything else. */
  edgeListens(port: number): void;
}

export function licenceFiles(
  authority: Pick<Authority, 'licenceFile' | 'publicRoots'>,
  { edge, serviceCentre }: Pick<Configuration, 'edge' | 'serviceCentre'>,
): LicenceFiles {
  const [serverName = 'localhost'] = edge.gatewayNames;
  let { port } = edge.listen;
  return {
    licenceFileOf: async (issued) => {
      const gateway = { host: serverName, port, serverName };
      // The file says the same: of the root that certifies now.
      const { fingerprint256 } = new X509Certificate(authority.publicRoots.cartRootPEM);
      const place = { gateway, serviceCentre: serviceCentre.name };
      return {
        file: await authority.licenceFile(issued, place),
        rootFingerprint: fingerprint256.replaceAll(':', '').toLowerCase(),
      };
    },
    edgeListens: (listened) => {
      port = listened;
    },
  };
}
