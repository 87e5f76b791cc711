import { Button, TextInput } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { addressOf, ask } from '../../api/ask.ts';
import { useMay } from '../../api/me.ts';
import { now } from '../../browser/page-clock.ts';
import { Panel } from '../../components/panel.tsx';
import { Asked, EmptyState, ErrorState, LoadingState } from '../../components/states.tsx';
import { Table } from '../../components/table.tsx';
import { TableHeads } from '../../components/table-heads.tsx';
import shapes from '../../design/shapes.module.css';
import { actionWords } from '../../text/audit/action-words.ts';
import { AUDIT } from '../../text/audit/audit-texts.ts';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import styles from './administration.module.css';
import { ADMINISTRATION } from './administration-texts.ts';
import type { AuditEntry, AuditProof } from './answers.ts';
import { valueLines } from './value-lines.ts';

const PAGE = 50;
/** Names as they stand in the table, in no language. */
const SAMPLES = { actor: 'user:amara', action: 'payment.revealed', target: 'payment:…' } as const;

interface AuditPage {
  readonly entries: readonly AuditEntry[];
  readonly next?: number;
}

/** Everything that was done, by whom and why; searched, proven, taken along. */
export function AuditPart(): ReactElement {
  const texts = useTexts(ADMINISTRATION);
  const mayExport = useMay('audit:export');
  const [filter, setFilter] = useState({ actor: '', action: '', target: '' });
  const audit = useInfiniteQuery({
    queryKey: ['audit', filter],
    queryFn: ({ pageParam, signal }) => ask<AuditPage>('GET /audit', { query: { ...filter, limit: PAGE, below: pageParam }, signal }),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: ({ next }) => next,
    placeholderData: (before) => before,
  });
  const entries = audit.data?.pages.flatMap((page) => page.entries) ?? [];
  return (
    <div className={shapes['page']}>
      <Proof />
      <div className={shapes['fields']}>
        {(['actor', 'action', 'target'] as const).map((name) => (
          <TextInput
            key={name}
            label={texts.auditFilter[name]}
            placeholder={SAMPLES[name]}
            maxLength={100}
            value={filter[name]}
            onChange={({ currentTarget }) => setFilter({ ...filter, [name]: currentTarget.value.trim() })}
          />
        ))}
        {mayExport && (
          <Button component="a" variant="default" href={addressOf('GET /audit/export', { query: { ...filter, format: 'csv' } })}>
            {texts.exportCsv}
          </Button>
        )}
      </div>
      <Panel title={texts.part.audit} flush>
        {audit.data === undefined ? (
          audit.isError ? (
            <ErrorState error={audit.error} again={() => void audit.refetch()} />
          ) : (
            <LoadingState />
          )
        ) : entries.length === 0 ? (
          <EmptyState icon="search" title={texts.noEntriesTitle}>
            <p>{texts.noEntries}</p>
          </EmptyState>
        ) : (
          <Entries entries={entries} />
        )}
      </Panel>
      {audit.hasNextPage && (
        <div className={`${shapes['buttons']} ${styles['buttons']}`}>
          <Button variant="default" loading={audit.isFetchingNextPage} onClick={() => void audit.fetchNextPage()}>
            {texts.older}
          </Button>
        </div>
      )}
    </div>
  );
}

function Entries({ entries }: { readonly entries: readonly AuditEntry[] }): ReactElement {
  const texts = useTexts(ADMINISTRATION);
  const words = useTexts(AUDIT);
  const { moment } = useFormats();
  const { when, who, action, target, why } = texts.heads;
  return (
    <Table label={texts.part.audit} head={<TableHeads names={[when, who, action, target, why]} />}>
      {entries.map(({ seq, at, actor, action: done, target: of, reason = '', before, after }) => (
        <tr key={seq}>
          <td>{moment(at, now())}</td>
          <td>{actor}</td>
          <td>
            <div>{actionWords(words, done)}</div>
            <span className={`${shapes['mono']} ${shapes['quiet']}`}>{done}</span>
          </td>
          <td className={shapes['mono']}>{of}</td>
          <td className={styles['wide']}>
            {reason}
            {(before !== undefined || after !== undefined) && (
              <details>
                <summary>{texts.values}</summary>
                <pre className={`${shapes['mono']} ${styles['values']}`}>{valueLines({ before, after }).join('\n')}</pre>
              </details>
            )}
          </td>
        </tr>
      ))}
    </Table>
  );
}

/** Whether the chain of entries holds; asked for by hand, since all of it is read. */
function Proof(): ReactElement {
  const texts = useTexts(ADMINISTRATION);
  const [asked, setAsked] = useState(false);
  const proof = useQuery({ queryKey: ['audit', 'proof'], queryFn: () => ask<AuditProof>('GET /audit/proof'), enabled: asked, gcTime: 0 });
  if (!asked)
    return (
      <div className={`${shapes['buttons']} ${styles['buttons']}`}>
        <Button size="xs" variant="default" onClick={() => setAsked(true)}>
          {texts.prove}
        </Button>
      </div>
    );
  return (
    <Panel title={texts.prove}>
      <Asked query={proof} permission="audit:read">
        {({ entries, head, broken }) => (
          <>
            <p className={broken ? styles['bad'] : styles['good']} role="status">
              {broken ? texts.broken(String(broken.seq)) : texts.proven(String(entries))}
            </p>
            <p className={shapes['quiet']}>{texts.headHint}</p>
            <p className={shapes['mono']}>{head}</p>
          </>
        )}
      </Asked>
    </Panel>
  );
}
