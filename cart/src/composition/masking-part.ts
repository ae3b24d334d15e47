/** The masks of this cart's screen, and the screen as they leave it. Decision 0050. */
import type { ScreenMaskRule } from '@chaperone/domain/facility-policy/facility-policy.ts';
import { demandedRule } from '@chaperone/domain/mask/mask.ts';
import type { MaskRule, MaskTemplate } from '@chaperone/domain/mask/mask.ts';
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
  underRule,
} from '../screen/screen.ts';
import type { ScreenSource } from '../screen/screen.ts';

/** The masks of this cart, and what changes them: what is drawn, and what its facility demands. */
export interface CartMasks {
  readonly masking: Masking;
  /** Puts in force what the policy and the templates say now. */
  look(): void;
  setTemplates(templates: readonly MaskTemplate[] | null): void;
}

/** What the facility demands, as `screenMasksOf` says it. */
export type MaskDemand = () => ScreenMaskRule;

/** Reads the templates and finds this model's. @throws MaskTemplatesInvalid when the installed ones cannot be used */
export async function openMasking(
  configuration: Pick<CartConfiguration, 'cart' | 'screen' | 'dataDirectory'>,
  demand: MaskDemand,
  log: Log,
): Promise<CartMasks> {
  const { model } = configuration.cart;
  const { mode } = configuration.screen.masks;
  let templates = await templatesOf(configuration, log);
  const rule = (): MaskRule => demandedRule(mode, demand().atLeast, templates, model);
  const masking = new Masking(rule());
  const say = (): void => {
    if (masking.rule.is === 'nothing')
      log.warn({ model }, 'no mask templates are installed: nothing of the screen is covered');
    if (masking.rule.is === 'unknown-model')
      log.warn({ model }, 'no mask template knows this model: all of the screen is covered');
  };
  say();
  const look = (): void => {
    const next = rule();
    if (isSameRule(masking.rule, next)) return;
    masking.setRule(next);
    say();
  };
  return {
    masking,
    look,
    setTemplates: (changed) => {
      templates = changed;
      look();
    },
  };
}

function isSameRule(one: MaskRule, other: MaskRule): boolean {
  if (one.is !== 'template' || other.is !== 'template') return one.is === other.is;
  return one.mode === other.mode && one.template === other.template;
}

/**
 * Gives the installed templates and what was drawn here; null: there are none. What cannot be read of the latter uncovers nothing, and
 * stops no agent: its engineer page is where it is mended. Where masks are off, nothing is read unless it can be.
 */
async function templatesOf(
  { cart, screen, dataDirectory }: Pick<CartConfiguration, 'cart' | 'screen' | 'dataDirectory'>,
  log: Log,
): Promise<readonly MaskTemplate[] | null> {
  try {
    const installed = await readMaskTemplates(screen.masks);
    try {
      return joinedTemplates(installed, await readSiteTemplates(dataDirectory), cart.model);
    } catch (fault) {
      if (!(fault instanceof MaskTemplatesInvalid)) throw fault;
      log.error({ fault }, 'the masks that were drawn at this cart cannot be used');
      return [];
    }
  } catch (fault) {
    if (screen.masks.mode !== 'off' || !(fault instanceof MaskTemplatesInvalid)) throw fault;
    log.error({ fault }, 'the mask templates cannot be used');
    return [];
  }
}

/** The mask editor of the engineer page. */
export function openMaskEditor(
  { cart, screen, dataDirectory }: CartConfiguration,
  surroundings: Pick<MaskEditorOptions, 'change' | 'admitWork' | 'record' | 'enforce' | 'demand'>,
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

/**
 * The configured source of the screen: re-encoded, or as it is where it is to pass as it is and nothing has to be covered. What is
 * open ends with a change of the rule: it was opened under another one.
 */
export function shownSource(
  screen: ScreenConfiguration,
  masking: Masking,
  log: Log,
  source: ScreenSource = connectSource(screen),
): ScreenSource {
  const { mode, ffmpeg } = screen.encoder;
  if (mode !== 'relay' && (ffmpeg === null || !isExecutable(ffmpeg)))
    log.warn({ ffmpeg }, 'there is no program for film: what moves on the screen goes as stills');
  const covered = reEncoded(source, {
    ...{ videoProgram: ffmpeg, masking },
    onFilmUnavailable: (why) => log.warn({ code: why.code }, why.message),
  });
  return underRule(masking, () => (mode === 'relay' && !masking.isOn ? source : covered));
}
