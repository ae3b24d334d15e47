/** Network namespaces with names of their own, joined by virtual cables: the machines of a test's network. Needs root. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const COMMAND_TIMEOUT_MS = 20_000;

let made = 0;

/** A machine's network. */
export class Namespace {
  readonly name: string;

  private constructor(name: string) {
    this.name = name;
  }

  /** @param purpose part of the name, for whoever looks at a machine where a test hangs */
  static async make(purpose: string): Promise<Namespace> {
    made += 1;
    const name = `chap-${process.pid}-${made}-${purpose}`;
    await ip(['netns', 'add', name]);
    const namespace = new Namespace(name);
    await namespace.ip(['link', 'set', 'lo', 'up']);
    return namespace;
  }

  /** Runs `ip` inside. */
  async ip(args: readonly string[]): Promise<string> {
    return await ip(['-n', this.name, ...args]);
  }

  /** Runs a program inside and gives what it printed. */
  async run(
    program: string,
    args: readonly string[],
    env: NodeJS.ProcessEnv = {},
    timeoutMs = COMMAND_TIMEOUT_MS,
  ): Promise<string> {
    const { stdout } = await run('ip', this.argumentsFor(program, args), {
      timeout: timeoutMs,
      env: { ...process.env, ...env },
    });
    return stdout;
  }

  /** For starting a program inside: `ip` with these arguments becomes that program, with the same process id. */
  argumentsFor(program: string, args: readonly string[]): string[] {
    return ['netns', 'exec', this.name, program, ...args];
  }

  /** Takes it away, with its end of every cable. What still runs inside goes on without a network name. */
  async close(): Promise<void> {
    await ip(['netns', 'delete', this.name]);
  }
}

/** Lays a cable between two machines; both ends are down until somebody sets them up. At most 15 letters a name. */
export async function layCable(
  one: { readonly in: Namespace; readonly name: string },
  other: { readonly in: Namespace; readonly name: string },
): Promise<void> {
  const peer = ['peer', 'name', other.name, 'netns', other.in.name];
  await ip(['link', 'add', one.name, 'netns', one.in.name, 'type', 'veth', ...peer]);
}

async function ip(args: readonly string[]): Promise<string> {
  const { stdout } = await run('ip', [...args], { timeout: COMMAND_TIMEOUT_MS });
  return stdout;
}
