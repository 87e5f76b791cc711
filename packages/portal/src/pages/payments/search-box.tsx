import { TextInput } from '@mantine/core';
import type { FoundPage } from '@payment-manager/management-api/types';
import { type ReactElement, useEffect, useState } from 'react';
import { after } from '../../browser/page-clock.ts';
import { Icon } from '../../components/icon.tsx';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import styles from './payments.module.css';
import { PAYMENTS } from './payments-texts.ts';

const TYPING_MS = 250;

interface SearchBoxProps {
  readonly q: string;
  readonly foundAs: FoundPage['as'];
  readonly search: (q: string | undefined) => void;
}

/** One box for any id, number or name; it asks when somebody stops typing. */
export function SearchBox({ q, foundAs, search }: SearchBoxProps): ReactElement {
  const texts = useTexts(PAYMENTS);
  const [typed, setTyped] = useState(q);
  useEffect(() => setTyped(q), [q]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what was typed begins a search
  useEffect(() => {
    const wanted = typed.trim();
    return wanted === q ? undefined : after(TYPING_MS, () => search(wanted === '' ? undefined : wanted));
  }, [typed]);
  return (
    <TextInput
      className={styles['search']}
      size="xs"
      type="search"
      aria-label={texts.searchLabel}
      placeholder={texts.searchPlaceholder}
      leftSection={<Icon name="search" size={15} />}
      rightSection={foundAs && <span className={shapes['small']}>{texts.foundAs[foundAs]}</span>}
      rightSectionWidth={foundAs === undefined ? 8 : 132}
      maxLength={128}
      value={typed}
      onChange={({ currentTarget }) => setTyped(currentTarget.value)}
    />
  );
}
