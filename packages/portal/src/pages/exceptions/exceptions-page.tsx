import type { ShownExceptions } from '@payment-manager/management-api/types';
import { getRouteApi } from '@tanstack/react-router';
import { type ReactElement, useState } from 'react';
import { useMe } from '../../api/me.ts';
import { useHeldRows } from '../../components/held-rows.ts';
import { PageHead } from '../../components/page-head.tsx';
import { Asked, EmptyState, LoadingState } from '../../components/states.tsx';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import { BulkBar } from './bulk-bar.tsx';
import { ExceptionDetail } from './exception-detail.tsx';
import { chosenOf, type ExceptionsSearch, isFiltered, keyOf } from './exception-filter.ts';
import { ExceptionList } from './exception-list.tsx';
import styles from './exceptions.module.css';
import { EXCEPTIONS } from './exceptions-texts.ts';
import { FilterBar } from './filter-bar.tsx';
import { StakeStrip } from './stake-strip.tsx';
import { useExceptions } from './use-exceptions.ts';

const route = getRouteApi('/shell/exceptions');

/** What is stuck or contradicts itself: why, since when, who looks after it, and what may be done about it. */
export default function ExceptionsPage(): ReactElement {
  const texts = useTexts(EXCEPTIONS);
  const { count } = useFormats();
  const search = route.useSearch();
  const query = useExceptions(search.all !== undefined);
  const some = query.data?.exceptions.length ?? 0;
  const said = some === 1 ? texts.one : texts.count(`${count(some)}${query.data?.more === true ? '+' : ''}`);
  return (
    <div className={`${shapes['filling']} ${styles['page']}`}>
      <PageHead title={texts.title} {...(some > 0 && { aside: said })} />
      <Asked query={query} permission="exceptions:read" loading={<LoadingState lines={9} />}>
        {(data) => <Exceptions data={data} search={search} />}
      </Asked>
    </div>
  );
}

function Exceptions({ data, search }: { readonly data: ShownExceptions; readonly search: ExceptionsSearch }): ReactElement {
  const texts = useTexts(EXCEPTIONS);
  const { who } = useMe();
  const [touched, hold] = useState(false);
  const [picked, pick] = useState<ReadonlySet<string>>(new Set());
  const list = JSON.stringify([search.q, search.code, search.owner, search.direction]);
  const found = chosenOf(data.exceptions, search, who);
  const { rows, fresh, showFresh } = useHeldRows(list, found, keyOf, touched || picked.size > 0);
  const chosen = rows.filter(({ row, gone }) => !gone && picked.has(keyOf(row))).map(({ row }) => row);
  const { open, flow } = search;
  if (data.exceptions.length === 0 && rows.length === 0 && open === undefined)
    return (
      <EmptyState icon="check" title={texts.noneTitle}>
        <p>{texts.none}</p>
      </EmptyState>
    );
  return (
    <>
      <FilterBar search={search} rows={data.exceptions} more={data.more} />
      <StakeStrip rows={found} />
      <div className={styles['parts']} data-open={open !== undefined}>
        <div className={`${shapes['surface']} ${styles['list']}`}>
          {rows.length === 0 ? (
            <EmptyState icon={isFiltered(search) ? 'search' : 'check'} title={isFiltered(search) ? texts.noneMatchTitle : texts.noneTitle}>
              <p>{isFiltered(search) ? texts.noneMatch : texts.none}</p>
            </EmptyState>
          ) : (
            <ExceptionList
              rows={rows}
              fresh={fresh}
              showFresh={() => {
                showFresh();
                hold(false);
              }}
              picked={picked}
              pick={pick}
              open={open === undefined ? undefined : `${flow ?? ''} ${open}`}
              hold={hold}
            />
          )}
          {chosen.length > 0 && <BulkBar chosen={chosen} fourEyes={data.fourEyes} clear={() => pick(new Set())} />}
        </div>
        {open !== undefined && (
          <ExceptionDetail
            key={`${flow} ${open}`}
            id={open}
            flow={flow}
            rows={data.exceptions.filter((row) => row.id === open && (flow === undefined || row.flow === flow))}
            fourEyes={data.fourEyes}
          />
        )}
      </div>
    </>
  );
}
