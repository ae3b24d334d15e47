/** Prints the schema for `docs/configuration.md`. */
import { listFields } from './schema-view.ts';
import type { Field } from './schema-view.ts';

/** The smallest file that starts a demo; a test checks that it is accepted. */
export const EXAMPLE_CONFIGURATION = {
  dataDirectory: '.chaperone/demo',
  demo: true,
  serviceCentre: {
    name: 'Example Service Centre',
    phone: '+1 800 555 0100',
    phiPolicyUrl: 'https://service.example/phi-policy',
  },
  edge: { listen: { port: 8443 }, gatewayNames: ['localhost'] },
  console: { listen: { port: 8444 }, names: ['localhost'] },
  directory: { kind: 'demo' },
  antivirus: { kind: 'none-demo' },
} as const;

/** Describes every field as Markdown: meaning, what is expected, unit, default, secrecy. */
export function describeConfiguration(): string {
  return [
    '# Configuration of the gateway',
    '',
    'Generated from `gateway/src/platform/configuration/`; do not edit. `chaperone gateway run --config FILE` reads one JSON',
    'file. A key that is not listed here is refused, and so is everything that contradicts something else; each refusal',
    'names the key and what was expected. Relative paths start at the folder of the file. Secrets are never in the file: a',
    'field names the file that holds one, which nobody else on the machine may read (mode 0600).',
    '',
    '## Example',
    '',
    '```json',
    JSON.stringify(EXAMPLE_CONFIGURATION, null, 2),
    '```',
    '',
    '## Fields',
    '',
    '| field | expected | default | meaning |',
    '|---|---|---|---|',
    ...listFields().map(row),
    '',
    '## Demo and production',
    '',
    '`"demo": true` is refused beside any production setting: a listener or a name beyond this machine, a database on',
    "another machine, a directory or a virus scanner that is not the demo's. Without it, the demo directory, no scanner, no",
    'posture and a console without TLS are refused.',
    '',
  ].join('\n');
}

function row({ path, kind, type, note, standard, required }: Field): string {
  const fallback =
    standard === undefined ? (required ? 'must be given' : 'none') : `\`${standard}\``;
  const unit = note.unit === undefined ? '' : `, in ${note.unit}`;
  const secrecy = note.secretFile === true ? ' **The file holds a secret.**' : '';
  const of = kind === undefined || path.endsWith('.kind') ? '' : ` of \`${kind}\``;
  return `| \`${path}\`${of} | ${type}${unit} | ${fallback} | ${note.description}${secrecy} |`;
}
