/** A licence in one line, for whoever stands in front of a terminal. */
import { lastDayOf } from '@chaperone/domain/licence/licence-terms.ts';
import type { LicenceStanding, LicenceTerms } from '@chaperone/domain/licence/licence-terms.ts';

/** Says what a licence allows and until when, and whether it is time to do something about it. */
export function licenceWords(terms: LicenceTerms & { readonly standing: LicenceStanding }): string {
  const { standing, features, validFromUtcMs, validUntilUtcMs } = terms;
  const lastDay = validUntilUtcMs === null ? null : lastDayOf(validUntilUtcMs);
  const until = {
    'not-yet': `not in force before ${new Date(validFromUtcMs).toISOString().slice(0, 10)}`,
    'in-force': lastDay === null ? 'in force, without an end' : `in force until ${lastDay}`,
    'ends-soon': `ENDS SOON, after ${lastDay ?? ''}: ask the service centre to renew it`,
    expired: `EXPIRED after ${lastDay ?? ''}: no session can begin until it is renewed`,
  }[standing];
  return `Licence: ${features.join(', ')}; ${until}`;
}
