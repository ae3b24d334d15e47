/** The first gate where it is on a provider's page: a button that leads there, and what the browser comes back with. */
import { useMutation } from '@tanstack/react-query';
import { ArrowRight } from 'lucide-react';
import { useEffect, useRef } from 'react';
import type { ReactNode } from 'react';
import { desk } from '../api/desk.ts';
import { goToProvider } from '../api/provider-return.ts';
import { Button } from '../part/button.tsx';
import { FocusHere } from '../part/focus-here.tsx';
import { Trouble } from '../part/trouble.tsx';
import { codeOf } from '../words/problem.ts';
import { WORDS } from '../words/words.ts';

interface ProviderStepProps {
  readonly provider: string;
  readonly answer: string | null;
  readonly workstation: string;
  readonly onPass: (displayName: string) => void;
  readonly onLicense: () => void;
}

/** What was handed over already: an answer counts once. */
const handedOver = new Set<string>();

export function ProviderStep({
  provider,
  answer,
  workstation,
  onPass,
  onLicense,
}: ProviderStepProps): ReactNode {
  const words = WORDS.signIn;
  const leave = useMutation({
    mutationFn: () => desk.beginAtProvider(workstation),
    onSuccess: ({ address }) => goToProvider(window, address),
  });
  const comeBack = useMutation({
    mutationFn: (given: string) => desk.returnFromProvider(given, workstation),
    onSuccess: ({ displayName }) => onPass(displayName),
  });
  const handOver = useRef(comeBack.mutate);
  useEffect(() => {
    if (answer === null || handedOver.has(answer)) return;
    handedOver.add(answer);
    handOver.current(answer);
  }, [answer]);
  const stay = useRef(leave.reset);
  useEffect(() => {
    // Back from the provider by the browser's own button: the page is as it was left.
    const onShow = ({ persisted }: PageTransitionEvent): void => {
      if (persisted) stay.current();
    };
    window.addEventListener('pageshow', onShow);
    return () => window.removeEventListener('pageshow', onShow);
  }, []);
  const fault = leave.error ?? comeBack.error;
  const isUnlicensed = codeOf(fault) === 'WORKSTATION_NOT_LICENSED';
  const isLeaving = leave.isPending || leave.isSuccess;
  return (
    <FocusHere className="form">
      <Trouble fault={fault} />
      <div className="form__acts">
        {isUnlicensed && <Button onPress={onLicense}>{words.relicense}</Button>}
        <Button
          kind="main"
          icon={ArrowRight}
          isBusy={isLeaving || comeBack.isPending}
          onPress={() => {
            comeBack.reset();
            leave.mutate();
          }}
        >
          {comeBack.isPending
            ? words.busy
            : isLeaving
              ? words.toProvider
              : words.withProvider(provider)}
        </Button>
      </div>
    </FocusHere>
  );
}
