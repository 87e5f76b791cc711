import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfig } from '@payment-manager/configuration';
import { createMetrics, recordedLog, virtualTime } from '@payment-manager/runtime';
import { watchCertificates } from './certificate-alarms.ts';

const dayMs = 86_400_000;
const minimal = {
  PM_FSP_ID: 'greenbank',
  PM_SANDBOX: 'true',
  PM_HUB_BASE_URL: 'https://127.0.0.1:1',
  PM_CORE_BASE_URL: 'http://127.0.0.1:1',
};
const connected = {
  PM_HUB_TLS_ENABLED: 'true',
  PM_INBOUND_TLS_ENABLED: 'true',
  PM_CONNECTION_MANAGER_URL: 'https://127.0.0.1:2',
  PM_CONNECTION_MANAGER_TOKEN_URL: 'https://127.0.0.1:3',
  PM_CONNECTION_MANAGER_INGRESS_URL: 'https://greenbank.test',
  PM_CONNECTION_MANAGER_EGRESS: '192.0.2.1:443',
  PM_CONNECTION_MANAGER_DNS_NAMES: 'greenbank.test',
};

/** Certificates of 90 days for two sides, from now on. */
async function stage(variables: Record<string, string>) {
  const { config } = await loadConfig(undefined, { ...minimal, PM_VAULT_STORE: 'file', ...variables }, '/');
  const time = virtualTime();
  const [log, metrics] = [recordedLog(), createMetrics()];
  const [validFrom, validTo] = [time.now(), time.now() + 90 * dayMs];
  const certificates = () => ['hub', 'core'].map((side) => ({ side, validFrom, validTo }));
  const watch = watchCertificates(config, { certificates, clock: time, timers: time, log, metrics });
  const day = async () => {
    time.jumpWallClock(dayMs - 5_000);
    await time.advance(5_000);
  };
  const standing = () => watch.alarms().map(({ id, code, since }) => `${id} ${code} ${(since - validFrom) / dayMs}`);
  return { time, day, log, metrics, watch, standing };
}

test('certificates: at a third, a sixth, 7 days, 1 day and the end there is an alarm, told once in the log and counted', async () => {
  const { time, day, log, metrics, watch, standing } = await stage({});
  const seen = new Set<string>();
  for (let passed = 0; passed <= 91; passed++) {
    for (const one of standing()) seen.add(one);
    await day();
  }
  assert.deepEqual(
    [...seen].filter((one) => one.startsWith('certificate-hub')),
    [
      'certificate-hub CERTIFICATE_EXPIRING 60',
      'certificate-hub CERTIFICATE_EXPIRING 75',
      'certificate-hub CERTIFICATE_EXPIRING 83',
      'certificate-hub CERTIFICATE_EXPIRING 89',
      'certificate-hub CERTIFICATE_EXPIRED 90',
    ],
  );
  assert.equal(log.lines.length, 10);
  assert.match(await metrics.text(), /pm_alarms_total\{code="CERTIFICATE_EXPIRING"\} 8/);
  watch.stop();
  assert.equal(time.pending, 0);
});

test('certificates: those that the Connection Manager’s client renews are left to it', async () => {
  const { day, standing } = await stage(connected);
  for (let passed = 0; passed < 61; passed++) await day();
  assert.deepEqual(standing(), ['certificate-core CERTIFICATE_EXPIRING 60']);
});
