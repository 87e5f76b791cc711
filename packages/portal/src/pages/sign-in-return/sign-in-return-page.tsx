import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useEffect } from 'react';
import { problemOf } from '../../api/problem.ts';
import { keepHere, keptHere } from '../../browser/kept-here.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { ProblemNote } from '../../components/problem-note.tsx';
import { LoadingState } from '../../components/states.tsx';
import { useTexts } from '../../text/catalogue.ts';
import { useEntered } from '../sign-in/entered.ts';
import { WANTED } from '../sign-in/provider-button.tsx';
import { SignInFrame } from '../sign-in/sign-in-frame.tsx';
import { SIGN_IN } from '../sign-in/sign-in-texts.ts';
import { enterReturned, takeReturned } from './returned.ts';

/** Of this page’s load: React may draw it twice, the address has it once. */
const RETURNED = takeReturned();

/** Back from the provider: in, or why not. */
export default function SignInReturnPage(): ReactElement {
  const texts = useTexts(SIGN_IN);
  const entered = useEntered();
  const entering = useQuery({
    queryKey: ['returned'],
    queryFn: async () => (await enterReturned(RETURNED)) ?? true,
    enabled: RETURNED.state !== undefined,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when somebody is in
  useEffect(() => {
    if (entering.data === undefined) return;
    const wanted = keptHere(WANTED);
    keepHere(WANTED, undefined);
    entered(wanted);
  }, [entering.data]);
  const shown = entering.error === null ? undefined : problemOf(entering.error).shown;
  return (
    <SignInFrame title={texts.title}>
      {RETURNED.state !== undefined && entering.error === null && <LoadingState lines={3} />}
      {RETURNED.state === undefined && <p role="alert">{texts.notReturned}</p>}
      <ProblemNote error={entering.error} />
      {shown?.code === 'SSO_NOT_LINKED' && shown.expected !== undefined && (
        <p>
          {texts.account} <code>{shown.expected}</code> <CopyButton text={shown.expected} what={texts.account} />
        </p>
      )}
      {(RETURNED.state === undefined || shown !== undefined) && <a href="/sign-in">{texts.welcome.toSignIn}</a>}
    </SignInFrame>
  );
}
