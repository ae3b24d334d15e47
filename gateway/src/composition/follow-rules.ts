/** De-identification that nobody asked for one by one: what the rule of a case demands, at each change of it and at the start. */
import type { Deidentifications } from '../desk/deidentification/deidentification.ts';
import type { Events } from '../desk/events/events.ts';
import type { ServiceCases, StoredCase } from '../desk/service-case/service-case.ts';
import type { Log } from '../platform/log/log.ts';

/** De-identifies in the vault what the rule of a case asks for, as soon as it was found clean. */
export function followRules(
  events: Events,
  cases: ServiceCases,
  deidentifications: Deidentifications,
  log: Log,
): void {
  events.listen((event) => {
    if (event.type !== 'case') return;
    void cases.store
      .find(event.case)
      .then((found) => {
        if (found !== null) lookByRule(found, deidentifications, log);
      })
      .catch((fault: unknown) => log.warn({ err: fault }, 'a case could not be looked at'));
  });
}

/** Does now what the rule of one case asks for; nobody waits for it. */
export function lookByRule(
  found: StoredCase,
  deidentifications: Deidentifications,
  log: Log,
): void {
  void deidentifications
    .look(found)
    .catch((fault: unknown) => log.warn({ err: fault }, 'a file waits to be de-identified'));
}

/** Cases that are open now, and neither being resolved nor resolved. */
export async function openCases(cases: ServiceCases): Promise<readonly StoredCase[]> {
  const ids = await cases.store.unresolved();
  const found = await Promise.all(ids.map(async (id) => await cases.store.find(id)));
  return found.flatMap((each) => (each?.state === 'open' ? [each] : []));
}
