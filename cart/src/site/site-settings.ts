/**
 * What a field engineer sets at the cart's place, in the data directory: where the gateway is dialled, and through which proxy.
 *
 * It takes the place of `gateway` in the configuration file, which is the vendor's default. Network profiles are not here:
 * NetworkManager keeps them. Passwords of a proxy are here, so the file is for root alone (mode 0600).
 *
 * | file | holds |
 * |---|---|
 * | `site.json` | `{ version: 1, gateway \| null, proxy }` |
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { ProxySettings } from '@chaperone/domain/network/proxy-settings.ts';
import { gatewayAddress, proxySettings } from '@chaperone/protocol/panel-api/engineer.ts';
import { z } from 'zod';
import { writeWholeFile } from '../platform/whole-file.ts';

export interface SiteSettings {
  /** Null: as in the configuration file. */
  readonly gateway: z.infer<typeof gatewayAddress> | null;
  readonly proxy: ProxySettings;
}

export class SiteSettingsDamaged extends DomainError {
  readonly code = 'SITE_SETTINGS_DAMAGED';
}

const FILE = 'site.json';
const DEFAULT: SiteSettings = { gateway: null, proxy: { kind: 'none' } };
const schema = z.strictObject({
  version: z.literal(1),
  gateway: gatewayAddress.nullable(),
  proxy: proxySettings,
});

/** Reads what was set, or the default. @throws SiteSettingsDamaged */
export async function readSiteSettings(dataDirectory: string): Promise<SiteSettings> {
  let text: string;
  try {
    text = await readFile(path.join(dataDirectory, FILE), 'utf8');
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === 'ENOENT') return DEFAULT;
    throw fault;
  }
  try {
    const { gateway, proxy } = schema.parse(JSON.parse(text));
    return { gateway, proxy };
  } catch (cause) {
    throw new SiteSettingsDamaged(
      `The file ${FILE} in the data directory is damaged. Remove it, then set gateway and proxy again.`,
      { cause },
    );
  }
}

/** Sets all of it at once, whole or not at all. */
export async function writeSiteSettings(
  dataDirectory: string,
  settings: SiteSettings,
): Promise<void> {
  const text = `${JSON.stringify({ version: 1, ...settings }, null, 2)}\n`;
  await writeWholeFile(path.join(dataDirectory, FILE), text);
}
