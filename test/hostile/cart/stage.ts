/**
 * A gateway as a process of its own, with an honest cart and technician on it, and a second cart whose certificate
 * is as good as the first one's and who obeys nobody. What the gateway needs of memory is read from the kernel.
 */
import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { enrol } from '@chaperone/cart/licence/licence.ts';
import { DEMO_SIGN_INS } from '@chaperone/gateway/composition/demo-accounts.ts';
import { ScriptedCart } from '@chaperone/gateway/desk/tunnel/testing/scripted-cart.ts';
import { readLicenceFile } from '@chaperone/protocol/est/licence-file.ts';
import { layDemoFiles } from '../../../tools/demo/demo-files.ts';
import { call } from '../../../tools/demo/program.ts';
import { startSystem } from '../../../tools/demo/system.ts';
import type { RunningSystem } from '../../../tools/demo/system.ts';
import { eventually } from '../../harness/eventually.ts';
import { Operator } from '../../harness/operator.ts';
import { Technician } from '../../harness/technician.ts';
import type { Case } from '../../harness/technician.ts';
import type { RFBViewer } from '../../harness/rfb-viewer.ts';

const HONEST_SERIAL = 'US-HONEST-1';
/** From where hostile carts dial, so that what the edge gives to an address is theirs to use up. */
const HOSTILE_ADDRESS = '127.0.0.66';
/** What the gateway's process may grow by under any attack. The sum of all its own limits stays below. */
const GROWTH_BYTES_MAX = 150 * 1024 * 1024;
/** What an attack may add to the log: a few lines for each rule that was broken. */
const LOG_BYTES_MAX = 32 * 1024;
/** Entries of the ledger that one attack may cause, those of setting its stage included. */
const FACTS_MAX = 90;
const SAMPLE_EVERY_MS = 100;

export interface HostileStage extends AsyncDisposable {
  readonly system: RunningSystem;
  /** Where carts dial. */
  readonly edge: { readonly host: string; readonly port: number };
  /** Designated for the honest cart's case. */
  readonly honest: Technician;
  readonly honestCase: Case;
  /** Designated for the hostile cart's case. */
  readonly other: Technician;
  /** Enrols one more cart by the real road, and opens a case for it. */
  enrolHostile(serial: string): Promise<{ readonly cart: ScriptedCart; readonly opened: Case }>;
  /** Lets the other technician into the hostile cart. */
  grantHostile(cart: ScriptedCart, opened: Case): Promise<void>;
  /** Codes of what the ledger says carts were refused for, oldest first. */
  refusals(serial: string): readonly string[];
  /**
   * Performs an attack while the honest technician works with the honest cart, and holds the gateway to its bounds of
   * memory, log and ledger meanwhile and afterwards.
   */
  attack(perform: () => Promise<void>): Promise<void>;
}

/** Starts everything, and a session of the honest technician with the honest cart. */
export async function startHostileStage(): Promise<HostileStage> {
  const folder = await mkdtemp(path.join(tmpdir(), 'chaperone-hostile-'));
  const system = await startSystem({
    ...(await layDemoFiles(folder, Date.now())),
    folder,
    serial: HONEST_SERIAL,
    model: 'Honest Ultrasound',
    ports: { edge: 0, console: 0, panel: 0 },
    say: () => undefined,
  });
  const signIn = async (index: number): Promise<Technician> => {
    const person = DEMO_SIGN_INS[index];
    if (person === undefined) throw new Error('the demo has too few people');
    return await Technician.signIn({
      consoleUrl: system.consoleUrl,
      licenceCode: await system.issueWorkstationLicence(`Hostile ${index}`),
      login: person.directory.login,
      directoryPassword: person.directory.password,
      userId: person.gateway.userId,
      gatewayPassword: person.gateway.password,
    });
  };
  const carts: ScriptedCart[] = [];
  try {
    const honest = await signIn(0);
    const other = await signIn(1);
    const honestCase = await honest.openCase(HONEST_SERIAL);
    await honest.designate(honestCase.id, honest.person?.id ?? '');
    const configuration = path.join(folder, 'gateway.json');
    const memory = async (): Promise<number> => {
      const text = await readFile(`/proc/${system.gateway.pid}/status`, 'utf8');
      return Number(/VmRSS:\s+(\d+) kB/.exec(text)?.[1]) * 1024;
    };
    const logBytes = async (): Promise<number> =>
      (await stat(path.join(folder, 'gateway.log'))).size;
    const ledgerSize = async (): Promise<number> => {
      const answer = await honest.raw('GET', '/api/ledger/checkpoint');
      return Number((await answer.text()).split('\n')[1]);
    };
    const operator = new Operator(system.panelUrl, system.panelCredential);
    const viewer = await openHonestSession(operator, honest, honestCase);
    return {
      system,
      edge: await edgeOf(configuration),
      honest,
      honestCase,
      other,
      async enrolHostile(serial) {
        const cart = await enrolCart(folder, configuration, serial);
        carts.push(cart);
        const opened = await other.openCase(serial);
        await other.designate(opened.id, other.person?.id ?? '');
        return { cart, opened };
      },
      async grantHostile(cart, opened) {
        await other.sessionWhen(opened.id, (session) => session.state === 'waiting');
        await other.request(opened);
        await cart.grant();
        await other.sessionWhen(opened.id, (session) => session.grant !== null);
      },
      refusals: (serial) => readRefusals(path.join(system.gatewayData, 'gateway.db'), serial),
      async attack(perform) {
        const before = await memory();
        const [facts, log] = [await ledgerSize(), await logBytes()];
        let peak = before;
        const sampling = setInterval(() => {
          void memory().then((now) => (peak = Math.max(peak, now)));
        }, SAMPLE_EVERY_MS);
        try {
          const performing = perform();
          // Pictures keep coming, and a question is answered, while it lasts and once it is over.
          await Promise.all([performing, viewer.nextFrames(5), honest.session(honestCase.id)]);
          await viewer.nextFrames(2);
          await honest.call('GET', `/api/cases/${honestCase.id}/session/directories`);
        } finally {
          clearInterval(sampling);
        }
        peak = Math.max(peak, await memory());
        const grown = peak - before;
        assert.ok(
          grown < GROWTH_BYTES_MAX,
          `the gateway grew by ${Math.round(grown / 2 ** 20)} MiB`,
        );
        const logged = (await logBytes()) - log;
        assert.ok(logged < LOG_BYTES_MAX, `${logged} bytes were logged`);
        const told = (await ledgerSize()) - facts;
        assert.ok(told < FACTS_MAX, `${told} entries were written`);
      },
      async [Symbol.asyncDispose]() {
        viewer.close();
        for (const cart of carts) cart.drop();
        await system.stop();
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (fault) {
    await system.stop();
    await rm(folder, { recursive: true, force: true });
    throw fault;
  }
}

/** From the button to a picture. */
async function openHonestSession(
  operator: Operator,
  technician: Technician,
  opened: Case,
): Promise<RFBViewer> {
  await operator.press();
  await operator.accept();
  await technician.sessionWhen(opened.id, (session) => session.state === 'waiting');
  await technician.request(opened);
  const { requests } = await operator.viewWhen('a request', (view) => view.requests.length > 0);
  await operator.consent(requests[0]?.id ?? '', ['view', 'fetch-files']);
  await technician.sessionWhen(opened.id, (session) => session.grant !== null);
  const viewer = await technician.openScreen(opened.id);
  await viewer.nextFrames(1);
  return viewer;
}

/** Reads the ledger's own table beside the running gateway; nothing is written. */
function readRefusals(file: string, serial: string): readonly string[] {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const rows = database
      .prepare("SELECT line FROM ledger_entry WHERE kind = 'cart-refused' ORDER BY entry_index")
      .all() as { line: string }[];
    const facts = rows.map(
      ({ line }) => (JSON.parse(line) as { fact: { cart: string; code: string } }).fact,
    );
    return facts.filter(({ cart }) => cart === serial).map(({ code }) => code);
  } finally {
    database.close();
  }
}

async function edgeOf(configuration: string): Promise<HostileStage['edge']> {
  const { edge } = JSON.parse(await readFile(configuration, 'utf8')) as {
    edge: { listen: HostileStage['edge'] };
  };
  return edge.listen;
}

/** A licence from the administrator, a key of its own, a certificate by EST: as a field engineer does it. */
async function enrolCart(
  folder: string,
  configuration: string,
  serial: string,
): Promise<ScriptedCart> {
  const file = path.join(folder, `${serial}.json`);
  const edge = await edgeOf(configuration);
  await call('gateway', [
    ...['licence', 'issue', 'cart', '--serial', serial, '--config', configuration],
    ...['--host', edge.host, '--port', String(edge.port), '--output', file],
  ]);
  const licence = await readLicenceFile(await readFile(file, 'utf8'));
  const gateway = { ...edge, serverName: 'localhost' };
  const identity = await enrol({
    directory: path.join(folder, serial),
    gateway,
    proxy: { kind: 'none' },
    serial: licence.serial,
    licenceCode: licence.code,
    rootFingerprint: licence.rootFingerprint,
    signal: new AbortController().signal,
  });
  const cart = new ScriptedCart({
    ...gateway,
    root: identity.cartRootPem,
    serial,
    privateKey: identity.key,
    publicKey: createPublicKey(identity.key),
    certificate: identity.certificatePem,
  });
  cart.localAddress = HOSTILE_ADDRESS;
  return cart;
}

/** Waits until the desk has ended every connection of a cart. */
export async function gone(cart: ScriptedCart): Promise<void> {
  await eventually("the end of the cart's connections", () => cart.connections === 0);
}
