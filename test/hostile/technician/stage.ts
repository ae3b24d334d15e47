/** A gateway in this process with two technicians, a third one without any case, and two carts in session. */
import { newTestGateway } from '@chaperone/gateway/composition/testing/gateway-harness.ts';
import type {
  Technician,
  TestGateway,
} from '@chaperone/gateway/composition/testing/gateway-harness.ts';
import { uploadFile, uploadedRecord } from '@chaperone/gateway/composition/testing/upload-file.ts';
import {
  fetchFile,
  grantSession,
  openCase,
  transferIs,
} from '@chaperone/gateway/composition/testing/session-script.ts';
import type { TestCase } from '@chaperone/gateway/composition/testing/session-script.ts';
import { createLog } from '@chaperone/gateway/platform/log/log.ts';
import type { ScriptedCart } from '@chaperone/gateway/desk/tunnel/testing/scripted-cart.ts';

/** One technician with an open case, its cart in session, a record that was fetched and one that was uploaded. */
export interface Held {
  readonly technician: Technician;
  readonly cart: ScriptedCart;
  readonly opened: TestCase;
  readonly transfer: string;
  readonly fetched: string;
  readonly uploaded: string;
}

export const FILE = 'ABENDROTH-STUDY.dcm';
export const NOTE = 'Planted words of a note';

export interface Stage extends AsyncDisposable {
  readonly gateway: TestGateway;
  readonly tara: Held;
  readonly otto: Held;
  /** Lines of the log that say that something of the gateway's own went wrong. */
  faults(): readonly string[];
}

export async function startStage(): Promise<Stage> {
  const lines: string[] = [];
  const log = createLog({ level: 'info', destination: { write: (line) => void lines.push(line) } });
  const gateway = await newTestGateway({ log });
  const tara = await gateway.signedIn('tara');
  const otto = await gateway.signedInAs({ login: 'otto.brandt', displayName: 'Otto Brandt' });
  return {
    gateway,
    tara: await hold(gateway, tara, 'US-1001'),
    otto: await hold(gateway, otto, 'US-1002'),
    faults: () => lines.filter((line) => line.includes('"level":"error"')),
    [Symbol.asyncDispose]: async () => await gateway[Symbol.asyncDispose](),
  };
}

async function hold(gateway: TestGateway, technician: Technician, serial: string): Promise<Held> {
  const cart = await gateway.enrolCart(serial);
  const opened = await openCase(technician, serial);
  await cart.connect();
  await grantSession(technician, cart, opened);
  cart.files.set(FILE, Buffer.from(`content of ${serial}`));
  const transfer = await fetchFile(technician, opened, FILE);
  const { record } = await transferIs(technician, opened, transfer, 'done');
  await technician.ask('POST', `/api/cases/${opened.id}/notes`, { body: { text: NOTE } });
  const upload = await uploadFile(technician, opened.id, 'fix.bin', Buffer.from('a tool'));
  const { id: uploaded } = uploadedRecord(upload);
  return { technician, cart, opened, transfer, fetched: record ?? '', uploaded };
}
