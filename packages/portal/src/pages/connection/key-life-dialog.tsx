import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useEffect, useId, useRef } from 'react';
import { ask } from '../../api/ask.ts';
import { now } from '../../browser/page-clock.ts';
import dialogStyles from '../../components/act-dialog.module.css';
import { Fact, Facts } from '../../components/facts.tsx';
import { Asked } from '../../components/states.tsx';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import { useFrameTexts } from '../../text/frame/frame-texts.ts';
import type { KeyLife } from './answers.ts';
import { CONNECTION } from './connection-texts.ts';

/** Every step in the life of a key: when, who, and why. */
export function KeyLifeDialog({ keyId, close }: { readonly keyId: string; readonly close: () => void }): ReactElement {
  const texts = useTexts(CONNECTION);
  const frame = useFrameTexts();
  const { moment, day } = useFormats();
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => dialog.current?.showModal(), []);
  const life = useQuery({
    queryKey: ['connection', 'key', keyId],
    queryFn: () => ask<KeyLife>('GET /connection/keys/:id', { params: { id: keyId } }),
  });
  return (
    <dialog ref={dialog} className={`${shapes['raised']} ${dialogStyles['dialog']}`} aria-labelledby={heading} onCancel={close}>
      <h2 id={heading}>{texts.history}</h2>
      <div className={dialogStyles['body']}>
        <Asked query={life} permission="connection:read">
          {({ algorithm, owner, inHsm, history, chain }) => (
            <>
              <Facts>
                <Fact name={texts.heads.key}>
                  <span className={shapes['mono']}>{keyId}</span>
                </Fact>
                <Fact name={texts.heads.owner}>{owner === 'own' ? texts.own : owner}</Fact>
                <Fact name={texts.heads.algorithm}>{inHsm ? texts.inHsm(algorithm) : algorithm}</Fact>
                {chain[0] && (
                  <Fact name={texts.heads.fingerprint}>
                    <span className={shapes['mono']}>{chain[0].sha256}</span> {texts.validUntil(day(chain[0].validTo))}
                  </Fact>
                )}
              </Facts>
              <ol className={shapes['list']}>
                {history.map(({ state, at, by, why }) => (
                  <li key={`${state} ${at}`}>
                    <strong>{texts.keyStates[state] ?? state}</strong> {moment(at, now())}, {by.replace(/^\w+:/, '')}
                    <p className={shapes['quiet']}>{why}</p>
                  </li>
                ))}
              </ol>
            </>
          )}
        </Asked>
        <div className={shapes['buttons']}>
          <Button onClick={close}>{frame.close}</Button>
        </div>
      </div>
    </dialog>
  );
}
