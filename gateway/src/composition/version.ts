/** How this program names itself. */
import manifest from '../../package.json' with { type: 'json' };

export const VERSION: string = manifest.version;
export const SOFTWARE = `chaperone-gateway ${VERSION}`;
