/**
 * The thread in which a PAC file is run. A script asks for names in the middle of a function, so this thread sleeps until the
 * agent has answered: that is why it is a thread.
 */
import { readFileSync } from 'node:fs';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { QuickJS } from 'quickjs-wasi';
import type { JSValueHandle } from 'quickjs-wasi';
import type { PACThreadData, PACThreadMessage } from './pac-evaluation.ts';
import { PAC_FUNCTIONS } from './pac-functions.ts';
import { NAMED_CHARACTERS_MAX, PAC_HARNESS } from './pac-harness.ts';

const WHAT_CHARACTERS_MAX = 120;

const STRANGE: PACThreadMessage = {
  is: 'broken',
  what: 'its script answers with something that is no list of proxies',
};

const data = workerData as PACThreadData;
const answered = new Int32Array(data.answered);
const startedMs = performance.now();
let questions = 0;
/** Time asleep is not the script's. */
let waitedMs = 0;

function tell(message: PACThreadMessage): void {
  parentPort?.postMessage(message);
}

/** Sleeps until the agent has looked the name up. */
function resolve(host: string): string | null {
  questions += 1;
  if (questions > data.questionsMax) return null;
  Atomics.store(answered, 0, 0);
  tell({ is: 'question', host });
  Atomics.wait(answered, 0, 0);
  const address: unknown = receiveMessageOnPort(data.port)?.message;
  return typeof address === 'string' ? address : null;
}

async function run(): Promise<PACThreadMessage> {
  const wasm = readFileSync(new URL(import.meta.resolve('quickjs-wasi/quickjs.wasm')));
  using machine = await QuickJS.create({
    wasm,
    memoryLimit: data.memoryBytes,
    interruptHandler: () => performance.now() - startedMs - waitedMs > data.runMs,
  });
  const provide = (name: string, make: (first: string) => string | null): void => {
    using given = machine.newFunction(name, (...args) => {
      const [first] = args;
      const beforeMs = performance.now();
      const made =
        first === undefined ? make('') : isText(machine, first) ? make(first.toString()) : null;
      waitedMs += performance.now() - beforeMs;
      return made === null ? machine.null : machine.newString(made);
    });
    machine.setProp(machine.global, name, given);
  };
  provide('dnsResolve', resolve);
  provide('myIpAddress', () => data.ownAddress);
  machine.evalCode(PAC_FUNCTIONS, 'pac-functions').dispose();
  using harness = machine.evalCode(PAC_HARNESS, 'pac-harness');
  using text = machine.newString(data.text);
  // As browsers do it: no path, since it is nobody's business.
  using url = machine.newString(`https://${data.target}/`);
  using host = machine.newString(data.host);
  using found = machine.callFunction(harness, machine.undefined, text, url, host);
  return isText(machine, found) ? readOutcome(found.toString()) : STRANGE;
}

/**
 * Tells whether a value of the script's may be taken over. Nothing but text is: an array of four thousand million places is one word
 * in there, and the end of the whole agent out here.
 */
function isText(machine: QuickJS, value: JSValueHandle): boolean {
  return machine.typeof(value) === 'string';
}

/** Reads what the harness says (`pac-harness.ts`). */
function readOutcome(outcome: string): PACThreadMessage {
  const [, kind, said = ''] = /^(named|fails|lacks|strange)(?: ([^]*))?$/.exec(outcome) ?? [];
  if (kind === 'lacks') return { is: 'broken', what: 'it has no function FindProxyForURL' };
  if (kind === 'fails') return { is: 'broken', what: failing(said) };
  if (kind !== 'named' || said.length > NAMED_CHARACTERS_MAX) return STRANGE;
  return { is: 'result', named: said };
}

function whatBroke(fault: unknown): string {
  const said = fault instanceof Error ? `${fault.name}: ${fault.message}` : 'an unknown fault';
  return failing(said);
}

function failing(said: string): string {
  if (/interrupted/.test(said)) return 'its script comes to no end';
  const shown = said.replaceAll(/[^\u0020-\u007e]/g, ' ').slice(0, WHAT_CHARACTERS_MAX);
  return `its script fails (${shown})`;
}

void run()
  .catch((fault: unknown): PACThreadMessage => ({ is: 'broken', what: whatBroke(fault) }))
  .then(tell);
