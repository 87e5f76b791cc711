import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactElement, useEffect, useState } from 'react';
import { ProblemNote } from '../../components/problem-note.tsx';
import { LoadingState } from '../../components/states.tsx';
import { useTexts } from '../../text/catalogue.ts';
import { useEntered } from '../sign-in/entered.ts';
import styles from '../sign-in/sign-in.module.css';
import { SignInFrame } from '../sign-in/sign-in-frame.tsx';
import { SIGN_IN } from '../sign-in/sign-in-texts.ts';
import { AuthenticatorStep } from './authenticator-step.tsx';
import { NewPasswordStep } from './new-password-step.tsx';
import { openLink, takeToken } from './opened-link.ts';
import { RecoveryStep } from './recovery-step.tsx';

type Step =
  | { readonly is: 'password' | 'authenticator'; readonly ticket: string }
  | { readonly is: 'recovery'; readonly codes: readonly string[] };

/** Of this page’s load: React may draw it twice, the address has it once. */
const TOKEN = takeToken();

/** A link that works once: in the sandbox straight in, else password, authenticator and recovery codes. */
export default function WelcomePage(): ReactElement {
  const { welcome } = useTexts(SIGN_IN);
  const entered = useEntered();
  const [step, setStep] = useState<Step>();
  const link = useQuery({
    queryKey: ['link', TOKEN],
    queryFn: () => openLink(TOKEN),
    enabled: TOKEN !== '',
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the link was opened
  useEffect(() => {
    if (link.data === undefined) return;
    if ('user' in link.data) entered();
    else setStep({ is: link.data.next === 'enrol' ? 'authenticator' : 'password', ticket: link.data.ticket });
  }, [link.data]);
  useEffect(() => {
    // another link in the same tab is another page
    const changed = (): void => {
      if (location.hash.length > 1) location.reload();
    };
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  const title = {
    password: welcome.passwordTitle,
    authenticator: welcome.authenticatorTitle,
    recovery: welcome.recoveryTitle,
    none: welcome.title,
  }[step?.is ?? 'none'];
  return (
    <SignInFrame title={title}>
      {step !== undefined && <Steps at={['password', 'authenticator', 'recovery'].indexOf(step.is)} />}
      {step?.is === 'password' && <NewPasswordStep ticket={step.ticket} done={(ticket) => setStep({ is: 'authenticator', ticket })} />}
      {step?.is === 'authenticator' && <AuthenticatorStep ticket={step.ticket} done={(codes) => setStep({ is: 'recovery', codes })} />}
      {step?.is === 'recovery' && <RecoveryStep codes={step.codes} done={() => entered()} />}
      {step === undefined && <Opening error={link.error} />}
    </SignInFrame>
  );
}

function Opening({ error }: { readonly error: Error | null }): ReactElement {
  const { welcome } = useTexts(SIGN_IN);
  if (TOKEN !== '' && error === null) return <LoadingState lines={3} />;
  return (
    <>
      {error === null ? <p role="alert">{welcome.noToken}</p> : <ProblemNote error={error} />}
      <Link to="/sign-in">{welcome.toSignIn}</Link>
    </>
  );
}

function Steps({ at }: { readonly at: number }): ReactElement {
  return (
    <div className={styles['steps']} aria-hidden="true">
      {[0, 1, 2].map((one) => (
        <span key={one} data-done={one <= at} />
      ))}
    </div>
  );
}
