import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { ask } from '../../api/ask.ts';
import { useMay } from '../../api/me.ts';
import { now } from '../../browser/page-clock.ts';
import { ActDialog } from '../../components/act-dialog.tsx';
import { Mark } from '../../components/mark.tsx';
import { Panel } from '../../components/panel.tsx';
import { Asked, EmptyState } from '../../components/states.tsx';
import { Table } from '../../components/table.tsx';
import { TableHeads } from '../../components/table-heads.tsx';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import { useFrameTexts } from '../../text/frame/frame-texts.ts';
import styles from './administration.module.css';
import { ADMINISTRATION } from './administration-texts.ts';
import type { ShownApiKey } from './answers.ts';
import { ShownOnce } from './user-dialogs.tsx';

const CHANGES = [['api-keys']] as const;
const ROLES = ['viewer', 'operator', 'engineer', 'auditor'] as const;
const DAYS = [30, 90, 180, 365];

/** Keys by which machines call the API. */
export function ApiKeysPart(): ReactElement {
  const texts = useTexts(ADMINISTRATION);
  const frame = useFrameTexts();
  const { day } = useFormats();
  const mayManage = useMay('api-keys:manage');
  const [doing, setDoing] = useState<'new' | ShownApiKey>();
  const keys = useQuery({ queryKey: ['api-keys'], queryFn: () => ask<{ readonly keys: readonly ShownApiKey[] }>('GET /api-keys') });
  const { name, role, by, until } = texts.heads;
  const close = (): void => setDoing(undefined);
  return (
    <div className={shapes['page']}>
      <p className={shapes['quiet']}>{texts.apiKeysHint}</p>
      {mayManage && (
        <div className={`${shapes['buttons']} ${styles['buttons']}`}>
          <Button size="xs" onClick={() => setDoing('new')}>
            {texts.newKey}
          </Button>
        </div>
      )}
      <Panel title={texts.part['api-keys']} flush>
        <Asked query={keys} permission="api-keys:read">
          {(data) =>
            data.keys.length === 0 ? (
              <EmptyState icon="key" title={texts.noKeysTitle}>
                <p>{texts.noKeys}</p>
              </EmptyState>
            ) : (
              <Table label={texts.part['api-keys']} head={<TableHeads names={[name, role, by, until]} acts />}>
                {data.keys.map((one) => (
                  <tr key={one.id}>
                    <td>{one.name}</td>
                    <td>
                      <Mark tone="still">{frame.roles[one.role]}</Mark>
                    </td>
                    <td>{`${one.createdBy.replace(/^\w+:/, '')}, ${day(one.createdAt)}`}</td>
                    <td>
                      <Mark tone={one.expires < now() ? 'bad' : 'good'}>{day(one.expires)}</Mark>
                    </td>
                    <td>
                      {mayManage && (
                        <div className={`${shapes['buttons']} ${styles['buttons']}`}>
                          <Button
                            variant="default"
                            size="compact-sm"
                            aria-label={`${texts.revoke}: ${one.name}`}
                            onClick={() => setDoing(one)}
                          >
                            {texts.revoke}
                          </Button>
                        </div>
                      )}
                    </td>
                  </tr>
                ))}
              </Table>
            )
          }
        </Asked>
      </Panel>
      {doing === 'new' && <NewKeyDialog close={close} />}
      {doing !== undefined && doing !== 'new' && (
        <ActDialog
          title={`${texts.revoke}: ${doing.name}`}
          confirm={texts.revoke}
          danger
          changes={CHANGES}
          act={(reason) => ask('POST /api-keys/:id/revoke', { params: { id: doing.id }, body: { reason } })}
          close={close}
        >
          <p>{texts.revokeHint}</p>
        </ActDialog>
      )}
    </div>
  );
}

function NewKeyDialog({ close }: { readonly close: () => void }): ReactElement {
  const texts = useTexts(ADMINISTRATION);
  const frame = useFrameTexts();
  const [name, setName] = useState('');
  const [role, setRole] = useState<string>('viewer');
  const [days, setDays] = useState('90');
  return (
    <ActDialog<{ readonly key: string }>
      title={texts.newKey}
      confirm={texts.newKey}
      ready={name.trim() !== ''}
      changes={CHANGES}
      act={(reason) => ask<{ readonly key: string }>('POST /api-keys', { body: { name: name.trim(), role, days: Number(days), reason } })}
      result={({ key }) => <ShownOnce text={key} what={texts.key} hint={texts.keyHint} />}
      close={close}
    >
      <TextInput label={texts.heads.name} maxLength={60} value={name} onChange={({ currentTarget }) => setName(currentTarget.value)} />
      <NativeSelect
        label={texts.heads.role}
        value={role}
        data={ROLES.map((value) => ({ value, label: frame.roles[value] }))}
        onChange={({ currentTarget }) => setRole(currentTarget.value)}
      />
      <NativeSelect
        label={texts.validFor}
        value={days}
        data={DAYS.map((value) => ({ value: String(value), label: texts.days(String(value)) }))}
        onChange={({ currentTarget }) => setDays(currentTarget.value)}
      />
    </ActDialog>
  );
}
