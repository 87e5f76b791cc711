import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { ask } from '../../api/ask.ts';
import { process } from '../../app/process.ts';
import { keepHere } from '../../browser/kept-here.ts';
import { leaveFor } from '../../browser/leave.ts';
import { Icon } from '../../components/icon.tsx';
import { ProblemNote } from '../../components/problem-note.tsx';
import { useTexts } from '../../text/catalogue.ts';
import { SIGN_IN } from './sign-in-texts.ts';

/** Where somebody wanted to go, kept for the way back. */
export const WANTED = 'wanted';

/** To the provider of single sign-on; nothing where there is none. */
export function ProviderButton({ next }: { readonly next: string | undefined }): ReactElement | null {
  const texts = useTexts(SIGN_IN);
  const { singleSignOn } = process();
  const leaving = useMutation({
    mutationFn: () => ask<{ readonly address: string }>('POST /sign-in/provider', { body: {} }),
    onSuccess({ address }) {
      keepHere(WANTED, next);
      leaveFor(address);
    },
  });
  if (singleSignOn === undefined) return null;
  return (
    <>
      <Button
        variant="default"
        leftSection={<Icon name="shield" size={16} />}
        loading={leaving.isPending || leaving.isSuccess}
        onClick={() => leaving.mutate()}
      >
        {texts.withProvider(singleSignOn)}
      </Button>
      <ProblemNote error={leaving.error} />
    </>
  );
}
