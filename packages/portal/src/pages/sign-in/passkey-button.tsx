import { Button } from '@mantine/core';
import type { PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/browser';
import { useMutation } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { ask } from '../../api/ask.ts';
import { ProblemError } from '../../api/problem.ts';
import { Icon } from '../../components/icon.tsx';
import { ProblemNote } from '../../components/problem-note.tsx';
import { useTexts } from '../../text/catalogue.ts';
import { SIGN_IN } from './sign-in-texts.ts';

interface Challenge {
  readonly ticket: string;
  readonly options: PublicKeyCredentialRequestOptionsJSON;
}

/** Both factors at once, without a name. */
export function PasskeyButton({ entered }: { readonly entered: () => void }): ReactElement {
  const texts = useTexts(SIGN_IN);
  const trying = useMutation({
    async mutationFn() {
      const { startAuthentication } = await import('@simplewebauthn/browser');
      const { ticket, options } = await ask<Challenge>('POST /sign-in/passkey/challenge', { body: {} });
      const response = await startAuthentication({ optionsJSON: options }).catch((error: unknown) => {
        throw new ProblemError(0, { code: 'PASSKEY_NOT_USED', message: error instanceof Error ? error.name : 'no passkey' });
      });
      await ask('POST /sign-in/passkey', { body: { ticket, response } });
    },
    onSuccess: entered,
  });
  const refused = trying.error instanceof ProblemError && trying.error.shown.code === 'PASSKEY_NOT_USED';
  return (
    <>
      <Button variant="default" leftSection={<Icon name="key" size={16} />} loading={trying.isPending} onClick={() => trying.mutate()}>
        {texts.withPasskey}
      </Button>
      {refused ? <p role="alert">{texts.passkeyRefused}</p> : <ProblemNote error={trying.error} />}
    </>
  );
}
