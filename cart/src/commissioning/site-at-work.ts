/** The settings of this place as they are in force while the program runs: what is on the disk, and the configuration's for the rest. */
import { readSiteSettings, writeSiteSettings } from '../site/site.ts';
import type { SiteSettings } from '../site/site.ts';
import type { GatewayAddress, SiteInForce } from './parts.ts';

export class SiteAtWork {
  readonly #dataDirectory: string;
  readonly #configured: GatewayAddress;
  #settings: SiteSettings;

  private constructor(dataDirectory: string, configured: GatewayAddress, settings: SiteSettings) {
    this.#dataDirectory = dataDirectory;
    this.#configured = configured;
    this.#settings = settings;
  }

  /** @throws SiteSettingsDamaged */
  static async open(dataDirectory: string, configured: GatewayAddress): Promise<SiteAtWork> {
    return new SiteAtWork(dataDirectory, configured, await readSiteSettings(dataDirectory));
  }

  get inForce(): SiteInForce {
    const { gateway, proxy } = this.#settings;
    return { gateway: gateway ?? this.#configured, proxy };
  }

  /** Sets some of it; on the disk first. */
  async set(some: Partial<SiteSettings>): Promise<void> {
    const settings = { ...this.#settings, ...some };
    await writeSiteSettings(this.#dataDirectory, settings);
    this.#settings = settings;
  }
}
