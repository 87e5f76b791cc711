import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { addressOf, ask } from '../../api/ask.ts';
import { useMay } from '../../api/me.ts';
import { Mark } from '../../components/mark.tsx';
import { Panel } from '../../components/panel.tsx';
import { Asked, EmptyState } from '../../components/states.tsx';
import { Table } from '../../components/table.tsx';
import { TableHeads } from '../../components/table-heads.tsx';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import type { Certificate, CertificateRequest } from './answers.ts';
import styles from './connection.module.css';
import { CONNECTION } from './connection-texts.ts';
import { KeyActs } from './key-acts.tsx';
import { KEY_TONES } from './key-tones.ts';
import { type Renewing, RotateDialog } from './rotate-dialog.tsx';
import { UploadDialog } from './upload-dialog.tsx';

/** Certificates and CAs with their dates, the requests for new ones, and what is done about them. */
export function CertificatesPart({ byHand }: { readonly byHand: boolean }): ReactElement {
  const texts = useTexts(CONNECTION);
  const mayRotate = useMay('keys:rotate');
  const [uploads, setUploads] = useState(false);
  const [renewing, setRenewing] = useState<Renewing>();
  return (
    <div className={shapes['page']}>
      {mayRotate && (
        <div className={shapes['buttons']}>
          {byHand && (
            <Button size="xs" variant="default" onClick={() => setUploads(true)}>
              {texts.upload}
            </Button>
          )}
          {(['client', 'server', 'ca'] as const).map((what) => (
            <Button size="xs" key={what} variant="default" onClick={() => setRenewing({ what, activate: false })}>
              {texts.renew[what]}
            </Button>
          ))}
        </div>
      )}
      <CertificateList />
      <RequestList />
      {uploads && <UploadDialog close={() => setUploads(false)} />}
      {renewing && <RotateDialog renewing={renewing} byHand={byHand} close={() => setRenewing(undefined)} />}
    </div>
  );
}

function CertificateList(): ReactElement {
  const texts = useTexts(CONNECTION);
  const { day } = useFormats();
  const certificates = useQuery({
    queryKey: ['connection', 'certificates'],
    queryFn: () => ask<{ readonly certificates: readonly Certificate[] }>('GET /connection/certificates'),
  });
  const { purpose, state, subject, until } = texts.heads;
  return (
    <Panel title={texts.certificates} flush>
      <Asked query={certificates} permission="connection:read">
        {(data) =>
          data.certificates.length === 0 ? (
            <EmptyState icon="key" title={texts.noCertificatesTitle}>
              <p>{texts.noCertificates}</p>
            </EmptyState>
          ) : (
            <Table label={texts.certificates} head={<TableHeads names={[purpose, state, subject, until]} acts />}>
              {data.certificates.map((one) => (
                <tr key={`${one.purpose} ${one.keyId} ${one.sha256}`}>
                  <td>{texts.purposes[one.purpose] ?? one.purpose}</td>
                  <td>
                    <Mark tone={KEY_TONES[one.state] ?? 'still'}>{texts.keyStates[one.state] ?? one.state}</Mark>
                  </td>
                  <td className={styles['wide']}>
                    {one.subject}
                    <p className={shapes['quiet']}>{texts.issuedBy(one.issuer)}</p>
                    <p className={shapes['mono']}>{one.sha256.replaceAll(':', ':\u200b')}</p>
                  </td>
                  <td className={styles['whole']}>{day(one.validTo)}</td>
                  <td>
                    <KeyActs
                      keyId={one.keyId}
                      name={one.subject}
                      download={addressOf('GET /connection/keys/:id/file', { params: { id: one.keyId }, query: { part: 'chain' } })}
                    />
                  </td>
                </tr>
              ))}
            </Table>
          )
        }
      </Asked>
    </Panel>
  );
}

function RequestList(): ReactElement {
  const texts = useTexts(CONNECTION);
  const { day } = useFormats();
  const requests = useQuery({
    queryKey: ['connection', 'requests'],
    queryFn: () => ask<{ readonly requests: readonly CertificateRequest[] }>('GET /connection/requests'),
  });
  const { purpose, state, algorithm, since } = texts.heads;
  return (
    <Panel title={texts.requests} flush>
      <Asked query={requests} permission="connection:read">
        {(data) =>
          data.requests.length === 0 ? (
            <EmptyState icon="key" title={texts.noRequestsTitle}>
              <p>{texts.noRequests}</p>
            </EmptyState>
          ) : (
            <Table label={texts.requests} head={<TableHeads names={[purpose, state, algorithm, since]} acts />}>
              {data.requests.map((one) => (
                <tr key={one.keyId}>
                  <td>{texts.purposes[one.purpose] ?? one.purpose}</td>
                  <td>
                    <Mark tone={one.answer === 'certificate' ? 'good' : one.answer === 'waiting' ? 'wait' : 'still'}>
                      {texts.answers[one.answer]}
                    </Mark>
                  </td>
                  <td>{one.algorithm}</td>
                  <td>{day(one.since)}</td>
                  <td>
                    <KeyActs
                      keyId={one.keyId}
                      name={texts.requestOf(texts.purposes[one.purpose] ?? one.purpose)}
                      download={addressOf('GET /connection/keys/:id/file', { params: { id: one.keyId }, query: { part: 'request' } })}
                    />
                  </td>
                </tr>
              ))}
            </Table>
          )
        }
      </Asked>
    </Panel>
  );
}
