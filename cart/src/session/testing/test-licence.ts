/** Test support: a licence by the product's own rules, whose clock and terms the test sets. */
import { ACTIVITIES } from '@chaperone/domain/activity/activity.ts';
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import { requireFeatures, requireInForce } from '@chaperone/domain/licence/licence-terms.ts';
import type { LicenceTerms } from '@chaperone/domain/licence/licence-terms.ts';
import type { SessionLicence } from '../session.ts';

export class TestLicence implements SessionLicence {
  terms: LicenceTerms;
  nowMs = 0;

  constructor(features: readonly Activity[] = ACTIVITIES) {
    this.terms = { features, validFromUtcMs: 0, validUntilUtcMs: null };
  }

  get held(): LicenceTerms {
    return this.terms;
  }

  requireInForce(): void {
    requireInForce(this.terms, this.nowMs);
  }

  requireFeatures(activities: readonly Activity[]): void {
    requireFeatures(this.terms, activities);
  }
}
