/** What a step of the engineer page is doing, and why it could not: beside the fields, and under them. */
import { useCallback, useEffect, useRef, useState } from 'react';
import { ActFailed } from '../api/act-failed.ts';
import { useEngineerWords } from '../words/engineer-speech.ts';
import { fieldWords, refusalWords } from '../words/engineer-words.ts';

export interface StepAct {
  readonly isBusy: boolean;
  /** In words; null while nothing went wrong, or the fields say it. */
  readonly problem: string | null;
  /** Why a field cannot be used, in words. @param field its path, such as `ipv4.address` */
  readonly error: (field: string) => string | null;
  /** What went wrong is settled by something else. */
  readonly forget: () => void;
  readonly start: (run: () => Promise<unknown>, onDone?: () => void) => void;
}

export function useStepAct(): StepAct {
  const words = useEngineerWords();
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<ActFailed | null>(null);
  const isHere = useRef(true);
  useEffect(() => {
    isHere.current = true;
    return () => {
      isHere.current = false;
    };
  }, []);
  const start = useCallback((run: () => Promise<unknown>, onDone?: () => void): void => {
    setBusy(true);
    setFailure(null);
    run().then(
      () => {
        if (!isHere.current) return;
        setBusy(false);
        onDone?.();
      },
      (fault: unknown) => {
        if (!isHere.current) return;
        setBusy(false);
        setFailure(
          fault instanceof ActFailed
            ? fault
            : new ActFailed('UNKNOWN', 'Something unexpected went wrong.', { cause: fault }),
        );
      },
    );
  }, []);
  const forget = useCallback(() => setFailure(null), []);
  return {
    isBusy,
    problem:
      failure === null
        ? null
        : failure.fields.length > 0
          ? words.fieldsRefused
          : refusalWords(words, failure.code, failure.detail),
    error: (field) => {
      const refused = failure?.fields.find((each) => each.field === field);
      return refused === undefined ? null : fieldWords(words, refused.code, refused.message);
    },
    start,
    forget,
  };
}
