/** The masks of this cart's screen, and the screen as they leave it. Decision 0050. */
import { maskRule } from '@chaperone/domain/mask/mask.ts';
import type { CartConfiguration, ScreenConfiguration } from '../configuration/configuration.ts';
import type { Log } from '../platform/log.ts';
import {
  connectSource,
  isExecutable,
  Masking,
  readMaskTemplates,
  reEncoded,
} from '../screen/screen.ts';
import type { ScreenSource } from '../screen/screen.ts';

/** Reads the templates and finds this model's. @throws MaskTemplatesInvalid */
export async function openMasking(
  { cart, screen }: Pick<CartConfiguration, 'cart' | 'screen'>,
  log: Log,
): Promise<Masking> {
  const { mode } = screen.masks;
  const templates = mode === 'off' ? null : await readMaskTemplates(screen.masks);
  const rule = maskRule(mode, templates, cart.model);
  const { model } = cart;
  if (rule.is === 'nothing')
    log.warn({ model }, 'no mask templates are installed: nothing of the screen is covered');
  if (rule.is === 'unknown-model')
    log.warn({ model }, 'the mask templates do not know this model: all of the screen is covered');
  return new Masking(rule);
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
