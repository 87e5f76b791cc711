import { getRouteApi } from '@tanstack/react-router';
import { type ReactElement, useState } from 'react';
import { useTexts } from '../../text/catalogue.ts';
import { CodeStep } from './code-step.tsx';
import { useEntered } from './entered.ts';
import { PasswordStep } from './password-step.tsx';
import { SignInFrame } from './sign-in-frame.tsx';
import { SIGN_IN } from './sign-in-texts.ts';

const route = getRouteApi('/sign-in');

/** Name and password, then a second factor; or a passkey, which is both. */
export default function SignInPage(): ReactElement {
  const texts = useTexts(SIGN_IN);
  const { next } = route.useSearch();
  const entered = useEntered();
  const [ticket, setTicket] = useState<string>();
  return (
    <SignInFrame title={ticket === undefined ? texts.title : texts.codeTitle}>
      {ticket === undefined ? (
        <PasswordStep passed={setTicket} entered={() => entered(next)} next={next} />
      ) : (
        <CodeStep ticket={ticket} entered={() => entered(next)} back={() => setTicket(undefined)} />
      )}
    </SignInFrame>
  );
}
