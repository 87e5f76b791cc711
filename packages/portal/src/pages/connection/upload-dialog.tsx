import { Checkbox, NativeSelect, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { ask } from '../../api/ask.ts';
import { ActDialog } from '../../components/act-dialog.tsx';
import { ProblemNote } from '../../components/problem-note.tsx';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import type { Preview } from './answers.ts';
import { CONNECTION } from './connection-texts.ts';

const KINDS = ['certificate-client', 'certificate-server', 'hub-ca', 'peer-jws', 'hub-request'] as const;
type Kind = (typeof KINDS)[number];
const CHANGES = [['connection'], ['approvals']] as const;
/** As many characters as the server takes. */
const TEXT_MAX = 60_000;

interface Taken {
  readonly state: string;
  readonly result?: { readonly certificate?: string };
}

/** Takes in a certificate, CAs or keys; what is in the file is shown before. */
export function UploadDialog({ close }: { readonly close: () => void }): ReactElement {
  const texts = useTexts(CONNECTION);
  const [kind, setKind] = useState<Kind>('certificate-client');
  const [pem, setPem] = useState('');
  const [peer, setPeer] = useState('');
  const [only, setOnly] = useState(false);
  const body = uploadOf(kind, pem, peer, only);
  const ready = pem.trim() !== '' && (kind !== 'peer-jws' || peer.trim() !== '');
  const preview = useQuery({
    queryKey: ['upload', kind, pem, peer],
    queryFn: () => ask<Preview>('POST /connection/uploads/preview', { body }),
    enabled: ready,
    retry: false,
  });
  const read = async (file: File | undefined): Promise<void> => {
    if (file !== undefined) setPem((await file.slice(0, TEXT_MAX).text()).trim());
  };
  return (
    <ActDialog<Taken>
      title={texts.upload}
      confirm={texts.upload}
      ready={ready && preview.isSuccess}
      changes={CHANGES}
      act={(reason) => ask<Taken>('POST /connection/uploads', { body: { ...body, reason } })}
      result={({ result }) =>
        result?.certificate === undefined ? (
          <p>{texts.taken}</p>
        ) : (
          <Textarea label={texts.signed} readOnly rows={8} value={result.certificate} />
        )
      }
      close={close}
    >
      <NativeSelect
        label={texts.uploadKind}
        value={kind}
        data={KINDS.map((value) => ({ value, label: texts.kinds[value] }))}
        onChange={({ currentTarget }) => setKind(currentTarget.value as Kind)}
      />
      {kind === 'peer-jws' && (
        <TextInput label={texts.peer} maxLength={32} value={peer} onChange={({ currentTarget }) => setPeer(currentTarget.value)} />
      )}
      <label className={shapes['quiet']}>
        {texts.file}{' '}
        <input type="file" accept=".pem,.crt,.cer,.csr,.json,.txt" onChange={({ currentTarget }) => void read(currentTarget.files?.[0])} />
      </label>
      <Textarea
        label={texts.pem}
        description={texts.pemHint}
        rows={6}
        maxLength={TEXT_MAX}
        className={shapes['mono']}
        value={pem}
        onChange={({ currentTarget }) => setPem(currentTarget.value)}
      />
      {(kind === 'hub-ca' || kind === 'peer-jws') && (
        <Checkbox label={texts.only} checked={only} onChange={({ currentTarget }) => setOnly(currentTarget.checked)} />
      )}
      {ready && <Previewed preview={preview.data} error={preview.error} />}
    </ActDialog>
  );
}

function uploadOf(kind: Kind, pem: string, peer: string, only: boolean): object {
  switch (kind) {
    case 'certificate-client':
      return { what: 'certificate', side: 'client', pem };
    case 'certificate-server':
      return { what: 'certificate', side: 'server', pem };
    case 'hub-ca':
      return { what: kind, pem, only };
    case 'peer-jws':
      return { what: kind, pem, peer: peer.trim(), only };
    case 'hub-request':
      return { what: kind, pem };
  }
}

/** What is in it, to be compared with what its owner said by another way. */
function Previewed({ preview, error }: { readonly preview: Preview | undefined; readonly error: unknown }): ReactElement {
  const texts = useTexts(CONNECTION);
  const { day } = useFormats();
  const { certificates = [], publicKeys = [] } = preview ?? {};
  return (
    <div>
      <ProblemNote error={error} />
      {certificates.length + publicKeys.length > 0 && <p className={shapes['quiet']}>{texts.compare}</p>}
      <ul className={shapes['list']}>
        {certificates.map(({ subject, sha256, validTo }) => (
          <li key={sha256}>
            <strong>{subject}</strong>, {texts.validUntil(day(validTo))}
            <p className={shapes['mono']}>{sha256}</p>
          </li>
        ))}
        {publicKeys.map((id) => (
          <li key={id} className={shapes['mono']}>
            {id}
          </li>
        ))}
      </ul>
    </div>
  );
}
