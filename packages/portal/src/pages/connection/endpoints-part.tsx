import { Button, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { ask } from '../../api/ask.ts';
import { useMay } from '../../api/me.ts';
import { now } from '../../browser/page-clock.ts';
import { ActDialog } from '../../components/act-dialog.tsx';
import { Fact, Facts } from '../../components/facts.tsx';
import { Mark } from '../../components/mark.tsx';
import { Panel } from '../../components/panel.tsx';
import { Asked } from '../../components/states.tsx';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import type { Endpoints, EndpointsAnswer } from './answers.ts';
import { CONNECTION } from './connection-texts.ts';

const CHANGES = [['connection', 'endpoints'], ['connection', 'progress'], ['approvals']] as const;

/** Where the hub reaches us, from where we call it, and where the hub is. */
export function EndpointsPart(): ReactElement {
  const texts = useTexts(CONNECTION);
  const mayChange = useMay('endpoints:change');
  const [doing, setDoing] = useState<'change' | 'reset'>();
  const endpoints = useQuery({
    queryKey: ['connection', 'endpoints'],
    queryFn: () => ask<EndpointsAnswer>('GET /connection/endpoints'),
  });
  const close = (): void => setDoing(undefined);
  return (
    <Asked query={endpoints} permission="connection:read">
      {(answer) => (
        <div className={shapes['page']}>
          <Panel
            title={texts.ours}
            aside={
              mayChange && (
                <div className={shapes['buttons']}>
                  {answer.changed && (
                    <Button variant="default" size="compact-sm" onClick={() => setDoing('reset')}>
                      {texts.reset}
                    </Button>
                  )}
                  <Button variant="default" size="compact-sm" onClick={() => setDoing('change')}>
                    {texts.change}
                  </Button>
                </div>
              )
            }
          >
            <Ours answer={answer} />
          </Panel>
          <Panel title={texts.hubs}>
            <Facts>
              <Fact name={texts.hubAddress}>
                {answer.hub.map((url) => (
                  <p key={url} className={shapes['mono']}>
                    {url}
                  </p>
                ))}
              </Fact>
            </Facts>
          </Panel>
          {doing === 'change' && <ChangeDialog from={answer.changed ?? answer.configured} close={close} />}
          {doing === 'reset' && (
            <ActDialog
              title={texts.reset}
              confirm={texts.reset}
              changes={CHANGES}
              act={(reason) => ask('POST /connection/endpoints/reset', { body: { reason } })}
              close={close}
            >
              <p>{texts.resetHint}</p>
            </ActDialog>
          )}
        </div>
      )}
    </Asked>
  );
}

function Ours({ answer: { configured, changed, published } }: { readonly answer: EndpointsAnswer }): ReactElement {
  const texts = useTexts(CONNECTION);
  const { moment } = useFormats();
  const { ingressUrl, egress } = changed ?? configured;
  const same = published !== undefined && 'egress' in published && sameAs(published, { ingressUrl, egress });
  return (
    <Facts>
      <Fact name={texts.ingress}>
        <span className={shapes['mono']}>{ingressUrl === '' ? texts.notGiven : ingressUrl}</span>
      </Fact>
      <Fact name={texts.egress}>
        <span className={shapes['mono']}>{egress.length === 0 ? texts.notGiven : egress.join(', ')}</span>
      </Fact>
      <Fact name={texts.from}>
        {changed ? texts.changedBy(moment(changed.at, now()), changed.by.replace(/^\w+:/, ''), changed.why) : texts.fromConfiguration}
      </Fact>
      <Fact name={texts.atManager}>
        {published === undefined ? (
          texts.noManager
        ) : 'unknown' in published ? (
          <span lang="en">{published.unknown}</span>
        ) : (
          <Mark tone={same ? 'good' : 'wait'}>{same ? texts.published : texts.notPublished}</Mark>
        )}
      </Fact>
    </Facts>
  );
}

function sameAs(one: Endpoints, other: Endpoints): boolean {
  return one.ingressUrl === other.ingressUrl && [...one.egress].sort().join() === [...other.egress].sort().join();
}

function ChangeDialog({ from, close }: { readonly from: Endpoints; readonly close: () => void }): ReactElement {
  const texts = useTexts(CONNECTION);
  const [ingressUrl, setIngressUrl] = useState(from.ingressUrl);
  const [egress, setEgress] = useState(from.egress.join('\n'));
  const lines = egress
    .split(/[\n,]/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return (
    <ActDialog
      title={texts.changeTitle}
      confirm={texts.change}
      ready={/^https?:\/\/\S+$/.test(ingressUrl) && lines.length > 0}
      changes={CHANGES}
      act={(reason) => ask('PUT /connection/endpoints', { body: { ingressUrl, egress: lines, reason } })}
      close={close}
    >
      <p>{texts.changeHint}</p>
      <TextInput
        label={texts.ingress}
        maxLength={300}
        value={ingressUrl}
        onChange={({ currentTarget }) => setIngressUrl(currentTarget.value)}
      />
      <Textarea
        label={texts.egress}
        description={texts.egressHint}
        rows={4}
        value={egress}
        onChange={({ currentTarget }) => setEgress(currentTarget.value)}
      />
    </ActDialog>
  );
}
