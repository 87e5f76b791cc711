import { NativeSelect } from '@mantine/core';
import type { ReactElement } from 'react';
import { useTexts } from '../../text/catalogue.ts';
import { CONNECTOR } from './connector-texts.ts';

export type Which = 'running' | 'folder';

/** With which version something is tried. */
export function WhichSelect({ which, choose }: { readonly which: Which; readonly choose: (which: Which) => void }): ReactElement {
  const texts = useTexts(CONNECTOR);
  return (
    <NativeSelect
      label={texts.with}
      value={which}
      data={(['running', 'folder'] as const).map((value) => ({ value, label: texts.which[value] }))}
      onChange={({ currentTarget }) => choose(currentTarget.value === 'folder' ? 'folder' : 'running')}
    />
  );
}
