/** The first gate: the directory, by a password on our own page or by way of a provider's. */
import type { TechnicianId } from '@chaperone/domain/id/id.ts';
import type { Directory, Person, Role } from '../../directory/contract.ts';
import { DirectoryAnswerRefused, DirectoryRefusal } from '../../directory/contract.ts';
import type { DeskContext } from '../platform/desk-context.ts';
import { AtProvider } from './at-provider.ts';
import { beginBeat, onTheBeat } from './beat.ts';
import type { RefusalRecord } from './refusal-record.ts';
import { FirstGateElsewhere, WorkstationNotLicensed } from './sign-in-error.ts';
import type { SignInThrottle } from './throttle.ts';

/** How current the machines are between which somebody signs in. */
export interface SignInPosture {
  /** @throws WorkstationOutOfDate */
  readonly assertCurrent: (workstation: string) => Promise<void>;
  /** While the gateway's own machine lacks something, administrators alone come in. @throws GatewayOutOfDate */
  readonly assertAdmits: (roles: readonly Role[]) => void;
}

export interface FirstGateOptions {
  readonly directory: Directory;
  readonly throttle: SignInThrottle;
  readonly refusals: RefusalRecord;
  readonly isWorkstationLicensed: (workstation: string) => Promise<boolean>;
  readonly posture: SignInPosture;
  /** Whose account belongs to a login of the directory; null when nobody's does. */
  readonly accountOf: (login: string) => Promise<TechnicianId | null>;
}

interface At {
  readonly workstation: string;
}

export class FirstGate {
  readonly #options: FirstGateOptions;
  readonly #atProvider: AtProvider;

  constructor(context: DeskContext, options: FirstGateOptions) {
    this.#options = options;
    this.#atProvider = new AtProvider(context.clock, context.randomBytes);
  }

  /**
   * @throws FirstGateElsewhere, SignInThrottled, WorkstationNotLicensed, WorkstationOutOfDate, GatewayOutOfDate,
   * DirectoryRefusal, DirectoryAccountUnfit, DirectoryUnavailable
   */
  async passByPassword(
    ask: At & { readonly login: string; readonly password: string },
    { address }: { readonly address: string },
  ): Promise<Person> {
    const { directory, throttle } = this.#options;
    const { workstation } = ask;
    if (!('authenticate' in directory)) throw new FirstGateElsewhere();
    await this.#admitWorkstation(workstation, address);
    const name = ask.login.trim().toLowerCase();
    return await this.#recorded(workstation, name, async () => {
      const succeed = await throttle.take({ step: 'directory', name, workstation, address });
      const begunMs = beginBeat();
      try {
        const person = await directory.authenticate(ask.login, ask.password);
        await succeed();
        this.#options.posture.assertAdmits(person.roles);
        return person;
      } catch (fault) {
        if (fault instanceof DirectoryRefusal) await onTheBeat(begunMs);
        throw fault;
      }
    });
  }

  /**
   * Sends a browser to the provider; the cookie is what it comes back with.
   * @param ask.returnTo the page of the console to which it comes back
   * @throws FirstGateElsewhere, SignInThrottled, WorkstationNotLicensed, WorkstationOutOfDate, DirectoryUnavailable
   */
  async beginAtProvider(
    { workstation, returnTo }: At & { readonly returnTo: string },
    { address: from }: { readonly address: string },
  ): Promise<{ readonly token: string; readonly address: string }> {
    const { directory, throttle } = this.#options;
    if (!('begin' in directory)) throw new FirstGateElsewhere();
    await this.#admitWorkstation(workstation, from);
    // Whose it will be is not known yet: what is counted is the workstation.
    const name = `provider ${workstation}`;
    return await this.#recorded(workstation, null, async () => {
      const succeed = await throttle.take({ step: 'directory', name, workstation, address: from });
      const redirect = await directory.begin(returnTo);
      const token = this.#atProvider.begin(workstation, redirect, succeed);
      return { token, address: redirect.address };
    });
  }

  /**
   * The same browser comes back.
   * @throws DirectoryAnswerRefused, DirectoryAnswerUnusable, DirectoryAccountUnfit, DirectoryUnavailable, GatewayOutOfDate
   */
  async passByProvider(
    token: string | undefined,
    { workstation, answer }: At & { readonly answer: string },
  ): Promise<Person> {
    const begun = this.#atProvider.take(token, workstation);
    // Nothing began here: an old tab, or a link that somebody was made to follow. Nobody's try is used up.
    if (begun === null) throw new DirectoryAnswerRefused();
    const { redirect, succeed } = begun;
    const finish = async (): Promise<Person> => await redirect.finish(answer);
    const person = await this.#recorded(workstation, null, finish);
    return await this.#recorded(workstation, person.login, async () => {
      await succeed();
      this.#options.posture.assertAdmits(person.roles);
      return person;
    });
  }

  async #admitWorkstation(workstation: string, address: string): Promise<void> {
    const { isWorkstationLicensed, posture, throttle } = this.#options;
    try {
      if (!(await isWorkstationLicensed(workstation))) throw new WorkstationNotLicensed();
      await posture.assertCurrent(workstation);
    } catch (fault) {
      const stranger = { step: 'directory', technicianId: null } as const;
      try {
        throttle.takeStranger(address);
      } catch (throttled) {
        // Whoever is this fast may say another workstation each time.
        this.#options.refusals.note({ ...stranger, workstation: '' }, throttled);
        throw throttled;
      }
      this.#options.refusals.note({ ...stranger, workstation }, fault);
      throw fault;
    }
  }

  /** @param login of the directory; null while it is not known */
  async #recorded<Result>(
    workstation: string,
    login: string | null,
    pass: () => Promise<Result>,
  ): Promise<Result> {
    // Before anything else, so that the time of a refusal tells nothing of it.
    const technicianId = login === null ? null : await this.#options.accountOf(login);
    try {
      return await pass();
    } catch (fault) {
      this.#options.refusals.note({ step: 'directory', workstation, technicianId }, fault);
      throw fault;
    }
  }
}
