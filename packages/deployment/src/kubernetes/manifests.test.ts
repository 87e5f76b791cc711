import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { TLSRoute } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1alpha2/TLSRoute';
import { PrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule';
import { ServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor';
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { StatefulSet } from 'kubernetes-models/apps/v1/StatefulSet';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import { Ingress } from 'kubernetes-models/networking.k8s.io/v1/Ingress';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { Service } from 'kubernetes-models/v1/Service';
import { ServiceAccount } from 'kubernetes-models/v1/ServiceAccount';
import { parse, parseAllDocuments } from 'yaml';
import { type Manifest, manifests, manifestsText } from './manifests.ts';
import type { Wanted } from './wanted.ts';

/** Each looks by the schema that the API itself publishes. */
const MODELS = {
  ConfigMap,
  Deployment,
  HorizontalPodAutoscaler,
  Ingress,
  NetworkPolicy,
  PodDisruptionBudget,
  PrometheusRule,
  Service,
  ServiceAccount,
  ServiceMonitor,
  StatefulSet,
  TLSRoute,
};

const one: Wanted = {
  name: 'greenbank',
  image: 'registry.example.org/payment-manager:0.1.0',
  configuration: 'fspId: greenbank\n',
  ports: { inbound: 4000, outbound: 4001, operations: 4002 },
  stopMs: 40_000,
  variablesSecret: 'greenbank-variables',
  filesSecret: 'greenbank-files',
  host: 'connector.example.org',
  storage: '20Gi',
  extensions: { monitor: false },
};
const three: Wanted = {
  ...one,
  environment: 'production',
  postgres: { replicas: 3, secret: 'greenbank-journal' },
  extensions: { gateway: 'hub-gateway', monitor: true, autoscaleTo: 8 },
};

const split: Wanted = { ...three, split: true, ports: { ...one.ports, management: 4005 } };

function validate(manifest: Manifest): void {
  const Model = MODELS[manifest.kind as keyof typeof MODELS] as unknown as new (data: object) => { validate(): void };
  new Model(manifest).validate();
}

const kinds = (wanted: Wanted): readonly string[] => manifests(wanted).map(({ kind }) => kind);

describe('manifests for Kubernetes', () => {
  test('are what the API takes, by its own schemas', () => {
    for (const wanted of [one, three, split]) for (const manifest of manifests(wanted)) validate(manifest);
    const [wrong] = manifests(one).filter(({ kind }) => kind === 'StatefulSet');
    const spoilt = structuredClone(wrong) as unknown as { spec: { replicas: unknown } };
    spoilt.spec.replicas = 'one';
    assert.throws(() => validate(spoilt as unknown as Manifest), /replicas/);
  });

  test('with a ServiceMonitor come the rules of deploy/prometheus, once, whatever the roles', () => {
    const rules = (wanted: Wanted) => manifests(wanted).filter(({ kind }) => kind === 'PrometheusRule') as readonly { spec?: object }[];
    const file = readFileSync(new URL('../../../../deploy/prometheus/payment-manager.rules.yaml', import.meta.url), 'utf8');
    for (const wanted of [three, split])
      assert.deepEqual(
        rules(wanted).map(({ spec }) => spec),
        [parse(file)],
      );
    assert.deepEqual(rules(one), []);
    const spoilt = structuredClone(rules(three)[0]) as unknown as Manifest & { spec: { groups: { rules: { expr: unknown }[] }[] } };
    if (spoilt.spec.groups[0]?.rules[0] !== undefined) spoilt.spec.groups[0].rules[0].expr = ['up'];
    assert.throws(() => validate(spoilt), /expr/);
  });

  test('one process has a volume, several have a database and no process is missed while one is renewed', () => {
    assert.deepEqual(kinds(one), ['ServiceAccount', 'ConfigMap', 'NetworkPolicy', 'Service', 'StatefulSet', 'Ingress']);
    const several = ['ServiceAccount', 'ConfigMap', 'NetworkPolicy', 'Service', 'Deployment', 'PodDisruptionBudget'];
    assert.deepEqual(kinds(three), [...several, 'TLSRoute', 'ServiceMonitor', 'PrometheusRule', 'HorizontalPodAutoscaler']);
    const text = manifestsText(three);
    assert.match(text, /maxUnavailable: 0/);
    assert.match(text, /name: PM_JOURNAL_POSTGRES_URL\n\s+valueFrom:\n\s+secretKeyRef:\n\s+name: greenbank-journal\n\s+key: url/);
    // an autoscaler and a number of replicas would pull it to and fro
    assert.doesNotMatch(text, /^ {2}replicas:/m);
    assert.match(manifestsText({ ...three, extensions: { monitor: false } }), /^ {2}replicas: 3$/m);
  });

  test('by role: replicas for payments with the hub’s door, one process for people with theirs, both on the same secrets', () => {
    const objects = manifests(split) as readonly (Manifest & { metadata: { name: string }; spec: Record<string, never> })[];
    const of = (kind: string) => objects.filter((one) => one.kind === kind);
    assert.deepEqual(
      of('Deployment').map(({ metadata, spec }) => {
        const { containers } = (spec as unknown as { template: { spec: { containers: readonly Record<string, unknown>[] } } }).template
          .spec;
        const { env = [], ports = [] } = containers[0] as {
          env?: readonly { name: string; value?: string }[];
          ports?: readonly { name: string }[];
        };
        return [metadata.name, env.find(({ name }) => name === 'PM_ROLE')?.value, ports.map(({ name }) => name).join(' ')];
      }),
      [
        ['greenbank', 'payments', 'inbound outbound operations'],
        ['greenbank-management', 'management', 'management operations'],
      ],
    );
    assert.deepEqual(
      of('TLSRoute').map(({ metadata }) => metadata.name),
      ['greenbank'],
    );
    assert.deepEqual(
      of('Service').map(({ spec }) => (spec as unknown as { ports: { name: string }[] }).ports.map(({ name }) => name)),
      [
        ['inbound', 'outbound', 'operations'],
        ['management', 'operations'],
      ],
    );
    const text = manifestsText(split);
    assert.match(text, /payment-manager\/portal: "true"/);
    assert.equal(text.match(/secretName: greenbank-files/g)?.length, 2);
  });

  test('a pod has no rights: what the restricted level of pod security asks for', () => {
    for (const wanted of [one, three]) {
      const workload = manifests(wanted).find(({ kind }) => kind === 'StatefulSet' || kind === 'Deployment');
      const { spec } = (workload as unknown as { spec: { template: { spec: Record<string, unknown> } } }).spec.template;
      const [container] = spec['containers'] as readonly Record<string, unknown>[];
      assert.deepEqual(container?.['securityContext'], {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      const pod = spec['securityContext'] as Record<string, unknown>;
      assert.equal(pod['runAsNonRoot'], true);
      assert.deepEqual(pod['seccompProfile'], { type: 'RuntimeDefault' });
      assert.equal(spec['automountServiceAccountToken'], false);
      assert.equal(spec['terminationGracePeriodSeconds'], 50);
      for (const unwanted of ['hostNetwork', 'hostPID', 'hostIPC']) assert.equal(spec[unwanted], undefined);
    }
  });

  test('the text is what was made, document by document', () => {
    const read = parseAllDocuments(manifestsText(three)).map((document) => document.toJS() as unknown);
    assert.deepEqual(read, JSON.parse(JSON.stringify(manifests(three))));
  });
});
