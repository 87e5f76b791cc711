import type { ShownAlerts, ShownRule } from '@payment-manager/management-api/types';
import type { ReactElement } from 'react';
import { Fact, Facts } from '../../components/facts.tsx';
import { Mark } from '../../components/mark.tsx';
import { Panel } from '../../components/panel.tsx';
import { Table } from '../../components/table.tsx';
import { TableHeads } from '../../components/table-heads.tsx';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import styles from './alerts.module.css';
import { ALERTS } from './alerts-texts.ts';

/** What is told, when, to whom. */
export function RulesPanel({ alerts }: { readonly alerts: ShownAlerts }): ReactElement {
  const texts = useTexts(ALERTS);
  const { ruleHeads, channels } = texts;
  const { quietHours } = alerts;
  return (
    <Panel title={texts.rules} flush>
      <div className={styles['settings']}>
        <Facts>
          <Fact name={texts.toldBy}>
            {alerts.channels.length === 0
              ? texts.byNobody
              : alerts.channels.map(({ channel, to }) => `${channels[channel]}: ${to}`).join('; ')}
          </Fact>
          <Fact name={texts.quiet}>{quietHours ? texts.quietHours(quietHours.from, quietHours.to, quietHours.zone) : texts.noQuiet}</Fact>
        </Facts>
        <p className={shapes['quiet']}>{texts.setIn}</p>
      </div>
      <Table label={texts.rules} head={<TableHeads names={[ruleHeads.rule, ruleHeads.severity, ruleHeads.when, ruleHeads.state]} />}>
        {alerts.rules.map((one) => (
          <RuleRow key={one.rule} rule={one} alerts={alerts} />
        ))}
      </Table>
    </Panel>
  );
}

function RuleRow({
  rule: { rule, severity, on, flaps, thresholds },
  alerts,
}: {
  readonly rule: ShownRule;
  readonly alerts: ShownAlerts;
}): ReactElement {
  const texts = useTexts(ALERTS);
  const { count, duration } = useFormats();
  const { belowPercent, minimumPayments = 0, aboveMs, minimumRequests = 0, windowMs = 0 } = thresholds;
  const what =
    belowPercent !== undefined
      ? texts.rate(count(belowPercent), count(minimumPayments), duration(windowMs))
      : aboveMs !== undefined
        ? texts.slow(duration(aboveMs), count(minimumRequests), duration(windowMs))
        : undefined;
  const when = flaps ? texts.flapping(duration(alerts.beginsAfterMs), duration(alerts.endsAfterMs)) : texts.atOnce;
  return (
    <tr>
      <td>{texts.kinds[rule]?.name ?? rule}</td>
      <td>{texts.severities[severity]}</td>
      <td className={styles['when']}>
        {what}
        {what !== undefined && <br />}
        {when}
      </td>
      <td>
        <Mark tone={on ? 'good' : 'still'}>{on ? texts.on : texts.off}</Mark>
      </td>
    </tr>
  );
}
