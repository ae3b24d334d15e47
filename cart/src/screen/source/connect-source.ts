/** Makes a screen source from the cart's configuration. */
import { demoSource } from '../demo/demo-source.ts';
import { rfbSource } from './rfb-source.ts';
import type { ScreenSource } from './source.ts';
import { x11Source } from './x11-source.ts';

export type ScreenSourceConfiguration =
  | {
      readonly kind: 'rfb';
      /** `rfb://127.0.0.1:5900` or `unix:/path`. */
      readonly address: string;
      /** Allows a server that is not on this machine; its traffic is not encrypted. Default: false. */
      readonly allowRemote?: boolean | undefined;
    }
  | {
      readonly kind: 'x11';
      /** The display on this machine, such as `:0`. */
      readonly display: string;
    }
  | { readonly kind: 'demo' };

/** Makes the configured screen source; nothing is started or connected before its `open`. @throws InvalidScreenSource */
export function connectSource(configuration: ScreenSourceConfiguration): ScreenSource {
  switch (configuration.kind) {
    case 'rfb':
      return rfbSource(configuration.address, configuration.allowRemote ?? false);
    case 'x11':
      return x11Source(configuration.display);
    case 'demo':
      return demoSource();
  }
}
