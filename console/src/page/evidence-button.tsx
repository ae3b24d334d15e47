/** Saves the evidence of a case. Not a plain link: the desk wants it confirmed, and writes down who took it. */
import { useMutation } from '@tanstack/react-query';
import type { UseMutationResult } from '@tanstack/react-query';
import { FileCheck2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { desk } from '../api/desk.ts';
import type { CaseDetail } from '../api/desk.ts';
import { download } from '../api/download.ts';
import { Button } from '../part/button.tsx';
import { WORDS } from '../words/words.ts';

type Evidence = Pick<UseMutationResult<void, Error | null, void>, 'isPending' | 'mutate' | 'error'>;

/** The bundle of a case; what keeps it from being saved is its `error`. */
export function useEvidence({ id, number }: Pick<CaseDetail, 'id' | 'number'>): Evidence {
  return useMutation({
    mutationFn: () => download(desk.evidenceAddress(id), `chaperone-evidence-${number}.json`),
  });
}

export function EvidenceButton({ bundle }: { readonly bundle: Evidence }): ReactNode {
  const words = WORDS.timeline;
  return (
    <span title={words.evidenceHint}>
      <Button icon={FileCheck2} isBusy={bundle.isPending} onPress={() => bundle.mutate()}>
        {words.evidence}
      </Button>
    </span>
  );
}
