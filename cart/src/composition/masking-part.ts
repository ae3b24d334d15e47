/** The masks of this cart's screen, and the screen as they leave it. Decision 0050. */
import { maskRule } from '@chaperone/domain/mask/mask.ts';
import type { MaskRule } from '@chaperone/domain/mask/mask.ts';
import type { CartConfiguration, ScreenConfiguration } from '../configuration/configuration.ts';
import { MaskEditor } from '../mask-editor/mask-editor.ts';
import type { MaskEditorOptions } from '../mask-editor/mask-editor.ts';
import type { Log } from '../platform/log.ts';
import {
  connectSource,
  isExecutable,
  joinedTemplates,
  Masking,
  MaskTemplatesInvalid,
  readMaskTemplates,
  readSiteTemplates,
  reEncoded,
  takeSnapshot,
} from '../screen/screen.ts';
import type { ScreenSource } from '../screen/screen.ts';

/** Reads the templates and finds this model's. @throws MaskTemplatesInvalid when the installed ones cannot be used */
export async function openMasking(
  configuration: Pick<CartConfiguration, 'cart' | 'screen' | 'dataDirectory'>,
  log: Log,
): Promise<Masking> {
  const { model } = configuration.cart;
  const rule = await maskRuleOf(configuration, log);
  if (rule.is === 'nothing')
    log.warn({ model }, 'no mask templates are installed: nothing of the screen is covered');
  if (rule.is === 'unknown-model')
    log.warn({ model }, 'the mask templates do not know this model: all of the screen is covered');
  return new Masking(rule);
}

/** What was drawn here and cannot be read uncovers nothing, and stops no agent: its engineer page is where it is mended. */
async function maskRuleOf(
  { cart, screen, dataDirectory }: Pick<CartConfiguration, 'cart' | 'screen' | 'dataDirectory'>,
  log: Log,
): Promise<MaskRule> {
  const { mode } = screen.masks;
  if (mode === 'off') return { is: 'off' };
  const installed = await readMaskTemplates(screen.masks);
  try {
    const site = await readSiteTemplates(dataDirectory);
    return maskRule(mode, joinedTemplates(installed, site, cart.model), cart.model);
  } catch (fault) {
    if (!(fault instanceof MaskTemplatesInvalid)) throw fault;
    log.error({ fault }, 'the masks that were drawn at this cart cannot be used');
    return { is: 'unknown-model' };
  }
}

/** The mask editor of the engineer page. */
export function openMaskEditor(
  { cart, screen, dataDirectory }: CartConfiguration,
  surroundings: Pick<MaskEditorOptions, 'change' | 'admitWork' | 'record' | 'enforce'>,
): MaskEditor {
  const { mode } = screen.masks;
  return new MaskEditor({
    ...surroundings,
    ...{ dataDirectory, mode, model: cart.model, isRelayed: screen.encoder.mode === 'relay' },
    installed: () => readMaskTemplates(screen.masks),
    takePicture: async (signal) => {
      const source = connectSource(screen);
      try {
        return await takeSnapshot(source, signal);
      } finally {
        await source.close();
      }
    },
  });
}

/** The configured source of the screen, re-encoded unless it is to pass as it is, which nothing may where masks are. */
export function shownSource(
  screen: ScreenConfiguration,
  masking: Masking,
  log: Log,
  source: ScreenSource = connectSource(screen),
): ScreenSource {
  const { mode, ffmpeg } = screen.encoder;
  if (mode === 'relay' && !masking.isOn) return source;
  if (ffmpeg === null || !isExecutable(ffmpeg)) {
    log.warn({ ffmpeg }, 'there is no program for film: what moves on the screen goes as stills');
  }
  return reEncoded(source, {
    ...{ videoProgram: ffmpeg, masking },
    onFilmUnavailable: (why) => log.warn({ code: why.code }, why.message),
  });
}
