/** `chaperone verify witness`: looks at the ledger through the portal, vouches for it, and keeps a copy of its hashes. */
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { openCheckpoint } from '@chaperone/protocol/tree/checkpoint.ts';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { formatVerifierKey, parseVerifierKey } from '@chaperone/protocol/tree/verifier-key.ts';
import type { VerifierKey } from '@chaperone/protocol/tree/verifier-key.ts';
import { printable } from '../report.ts';
import { mirrorTiles } from './mirror.ts';
import { PortalRoad } from './portal-road.ts';
import { Witness, LedgerRewritten } from './witness.ts';
import { openWitnessDisk } from './witness-disk.ts';
import type { WitnessDisk } from './witness-disk.ts';

const HELP = `chaperone verify witness [options]

Remembers what the service centre's ledger was, signs each newer checkpoint that continues it, and gives the
signature back, so that others can rely on it. Whatever does not continue it is kept as proof, and nothing is
signed any more.

  --portal <url>        the portal's address
  --certificate <file>  a certificate of the facility (PEM), and
  --private-key <file>  its key
  --portal-root <file>  the root of the portal's certificate (PEM)
  --key <vkey>          the ledger's verifier key that you wrote down
  --state <directory>   what the witness remembers; back it up with nothing older than it
  --name <name>         the name of the witness's own key, such as hospital.example/witness
  --mirror <directory>  keep a copy of the ledger's hashes there
  --every <seconds>     go on, and look again; once when left out

Exit code: 0 vouched for, 1 the ledger was cut or rewritten, 2 it could not be looked at.`;

const SECONDS = /^[1-9]\d{0,6}$/;

/** @returns the exit code */
export async function witnessCommand(args: readonly string[]): Promise<number> {
  try {
    const call = await readCall(args);
    if (call === null) {
      console.log(HELP);
      return 0;
    }
    console.log(`Witness key, for --witness: ${formatVerifierKey(call.disk.key)}`);
    for (;;) {
      const code = await look(call);
      if (call.everyS === null || code === 1) return code;
      await pause(call.everyS * 1000);
    }
  } catch (fault) {
    console.error(printable(sentenceOf(fault)));
    return 2;
  }
}

interface Call {
  readonly disk: WitnessDisk;
  readonly road: PortalRoad;
  readonly ledgerKey: VerifierKey;
  readonly mirror: string | null;
  readonly everyS: number | null;
}

async function look({ disk, road, ledgerKey, mirror }: Call): Promise<number> {
  const { memory, key: witnessKey, sign } = disk;
  const witness = new Witness({ ledgerKey, witnessKey, sign, memory, utcMs: () => Date.now() });
  try {
    const old = await witness.size();
    const body = await road.get(`/tlog/add-checkpoint?old=${old}`);
    const note = await witness.add(body.toString('utf8'));
    const checkpoint = await openCheckpoint(note, ledgerKey);
    if (mirror !== null) {
      const read = async (path: string): Promise<Uint8Array> => await road.get(`/tlog/${path}`);
      const { fetched } = await mirrorTiles(mirror, checkpoint, note, read);
      console.log(`Copied ${fetched} tiles.`);
    }
    await road.post('/tlog/cosignature', `${formatVerifierKey(witnessKey)}\n\n${note}`);
    console.log(`Vouched for ${checkpoint.size} entries; before, there were ${old}.`);
    return 0;
  } catch (fault) {
    if (!(fault instanceof DomainError)) throw fault;
    if (!(fault instanceof LedgerRewritten)) {
      console.error(printable(sentenceOf(fault)));
      return 2;
    }
    console.error(`THE LEDGER WAS CHANGED. ${fault.message}`);
    console.error(
      'Both checkpoints are in contradiction.json, as they were signed. Tell the service centre.',
    );
    return 1;
  }
}

async function readCall(args: readonly string[]): Promise<Call | null> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      portal: { type: 'string' },
      certificate: { type: 'string' },
      'private-key': { type: 'string' },
      'portal-root': { type: 'string' },
      key: { type: 'string' },
      state: { type: 'string' },
      name: { type: 'string' },
      mirror: { type: 'string' },
      every: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) return null;
  const needed = (name: Exclude<keyof typeof values, 'help'>): string => {
    const value = values[name];
    if (value === undefined) throw new Error(`give --${name}; --help says more`);
    return value;
  };
  const text = async (name: 'certificate' | 'private-key' | 'portal-root'): Promise<string> =>
    await readFile(needed(name), 'utf8');
  if (values.every !== undefined && !SECONDS.test(values.every))
    throw new Error('--every is a number of seconds');
  return {
    ledgerKey: parseVerifierKey(needed('key').trim()),
    road: new PortalRoad({
      url: needed('portal'),
      certificate: await text('certificate'),
      key: await text('private-key'),
      root: await text('portal-root'),
    }),
    disk: await openWitnessDisk(needed('state'), needed('name')),
    mirror: values.mirror ?? null,
    everyS: values.every === undefined ? null : Number(values.every),
  };
}

function sentenceOf(fault: unknown): string {
  if (fault instanceof DomainError) return fault.message;
  return `It cannot be done: ${fault instanceof Error ? fault.message : 'unknown'}.`;
}
