import { NativeSelect, TextInput } from '@mantine/core';
import type { ShownException } from '@payment-manager/management-api/types';
import { type ReactElement, useEffect, useState } from 'react';
import { useMe } from '../../api/me.ts';
import { Icon } from '../../components/icon.tsx';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import { useExceptionWords } from '../../text/exceptions/exception-words.ts';
import { usePaymentWords } from '../../text/payment/payment-words.ts';
import { codeCounts, type ExceptionsSearch, isFiltered, nameOf } from './exception-filter.ts';
import styles from './exceptions.module.css';
import { EXCEPTIONS } from './exceptions-texts.ts';
import { useChoose } from './use-exceptions.ts';

interface FilterBarProps {
  readonly search: ExceptionsSearch;
  readonly rows: readonly ShownException[];
  readonly more: boolean;
}

/** By what exceptions are chosen, and that not all of them are shown. */
export function FilterBar({ search, rows, more }: FilterBarProps): ReactElement {
  const texts = useTexts(EXCEPTIONS);
  const explained = useExceptionWords();
  const { directionHelp } = usePaymentWords();
  const { who } = useMe();
  const choose = useChoose();
  const [typed, setTyped] = useState(search.q ?? '');
  useEffect(() => setTyped(search.q ?? ''), [search.q]);
  const owners = [...new Set(rows.flatMap(({ owner }) => (owner === undefined || owner === who ? [] : [owner])))];
  const counts = codeCounts(rows);
  const codes =
    search.code === undefined || counts.some(([code]) => code === search.code) ? counts : [[search.code, 0] as const, ...counts];
  return (
    <div className={`${shapes['line']} ${shapes['slides']} ${styles['filters']}`}>
      <TextInput
        className={styles['search']}
        size="xs"
        type="search"
        aria-label={texts.search}
        placeholder={texts.searchPlaceholder}
        leftSection={<Icon name="search" size={15} />}
        maxLength={128}
        value={typed}
        onChange={({ currentTarget: { value } }) => {
          setTyped(value);
          choose({ q: value.trim() });
        }}
      />
      <NativeSelect
        size="xs"
        aria-label={texts.anyCode}
        value={search.code ?? ''}
        data={[
          { value: '', label: texts.anyCode },
          ...codes.map(([code, count]) => ({ value: code, label: `${explained(code).title} (${count})` })),
        ]}
        onChange={({ currentTarget }) => choose({ code: currentTarget.value })}
      />
      <NativeSelect
        size="xs"
        aria-label={texts.owner}
        value={search.owner ?? ''}
        data={[
          { value: '', label: `${texts.owner}: ${texts.owners.any}` },
          { value: 'mine', label: `${texts.owner}: ${texts.owners.mine}` },
          { value: 'nobody', label: `${texts.owner}: ${texts.owners.nobody}` },
          ...owners.map((owner) => ({ value: owner, label: `${texts.owner}: ${nameOf(owner)}` })),
        ]}
        onChange={({ currentTarget }) => choose({ owner: currentTarget.value })}
      />
      <NativeSelect
        size="xs"
        aria-label={texts.direction}
        value={search.direction ?? ''}
        data={[
          { value: '', label: texts.anyDirection },
          { value: 'out', label: directionHelp.out },
          { value: 'in', label: directionHelp.in },
        ]}
        onChange={({ currentTarget }) => choose({ direction: currentTarget.value })}
      />
      {isFiltered(search) && (
        <button
          type="button"
          className={`${shapes['bare']} ${styles['plain']}`}
          onClick={() => choose({ q: undefined, code: undefined, owner: undefined, direction: undefined })}
        >
          {texts.clear}
        </button>
      )}
      {more && (
        <p className={styles['more']} role="status">
          {texts.more}{' '}
          {search.all === undefined && (
            <button type="button" className={`${shapes['bare']} ${styles['plain']}`} onClick={() => choose({ all: 'yes' })}>
              {texts.showAll}
            </button>
          )}
        </p>
      )}
    </div>
  );
}
