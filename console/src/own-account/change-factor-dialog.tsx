/** Sets up another second factor in the place of the one that is there. */
import type { ReactNode } from 'react';
import { ownAccount } from '../api/own-account.ts';
import type { OwnFactor } from '../api/own-account.ts';
import { Dialog } from '../dialog/dialog.tsx';
import { EnrolFactor } from '../page/enrol-factor.tsx';
import type { EnrolmentRoad } from '../page/enrol-factor.tsx';
import { announce } from '../part/announcement.tsx';
import { queries, queryClient } from '../query/queries.ts';
import { OWN_ACCOUNT_WORDS } from '../words/own-account.ts';

const ROAD: EnrolmentRoad<OwnFactor> = {
  offerCode: ownAccount.offerCode,
  enrolCode: ownAccount.takeCode,
  offerPasskey: ownAccount.offerPasskey,
  enrolPasskey: ownAccount.takePasskey,
};

export function ChangeFactorDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  return (
    <Dialog title={OWN_ACCOUNT_WORDS.changeTitle} onClose={onClose}>
      <p>{OWN_ACCOUNT_WORDS.changeLead}</p>
      <EnrolFactor
        road={ROAD}
        factors={takesPasskeys(location.hostname) ? ['code', 'passkey'] : ['code']}
        onPass={(factor) => {
          queryClient.setQueryData(queries.ownFactor().queryKey, factor);
          announce(OWN_ACCOUNT_WORDS.factorChanged);
          onClose();
        }}
        onBack={onClose}
      />
    </Dialog>
  );
}

/** A passkey belongs to a name, not to an address (WebAuthn Level 3 §5.1.2, "effective domain"). */
function takesPasskeys(host: string): boolean {
  return !/^\[|^[\d.]+$/.test(host);
}
