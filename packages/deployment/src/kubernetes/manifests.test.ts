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
import { PersistentVolumeClaim } from 'kubernetes-models/v1/PersistentVolumeClaim';
import { Pod as PodModel } from 'kubernetes-models/v1/Pod';
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
  PersistentVolumeClaim,
  Pod: PodModel,
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
  dataFolder: '/var/lib/payment-manager',
  variablesSecret: 'greenbank-variables',
  filesSecret: 'greenbank-files',
  host: 'connector.example.org',
  ingressClass: 'nginx',
  storage: '20Gi',
  extensions: { monitor: false },
};
const copying: Wanted = { ...one, copies: { folder: '/mnt/copies', storage: '500Gi' } };
const three: Wanted = {
  ...one,
  environment: 'production',
  postgres: { replicas: 3, secret: 'greenbank-journal' },
  extensions: { gateway: { name: 'hub-gateway', namespace: 'gateways' }, monitor: true, autoscaleTo: 8 },
};

const split: Wanted = {
  ...three,
  split: true,
  ports: { ...one.ports, management: 4005 },
  peers: { configMap: 'greenbank-peers', folder: '/etc/payment-manager/peers' },
  connector: {
    configMap: 'greenbank-connector',
    folder: '/etc/payment-manager/connectors/mine',
    files: new Map([
      ['connector.yaml', 'connector: mine'],
      ['operations/party.get.yaml', 'operation: party.get'],
    ]),
  },
};

function validate(manifest: Manifest): void {
  const Model = MODELS[manifest.kind as keyof typeof MODELS] as unknown as new (data: object) => { validate(): void };
  new Model(manifest).validate();
}

interface Pod {
  readonly terminationGracePeriodSeconds: number;
  readonly topologySpreadConstraints?: readonly { readonly topologyKey: string; readonly labelSelector: object }[];
  readonly containers: readonly Record<string, unknown>[];
  readonly volumes: readonly Record<string, unknown>[];
}

/** What the first object of a kind wants to be. */
function specOf<S>(wanted: Wanted, kind: string): S {
  const found = manifests(wanted).find((each) => each.kind === kind) as (Manifest & { spec: S }) | undefined;
  assert.ok(found !== undefined, kind);
  return found.spec;
}

/** What its first pods want to be, and their container. */
function podOf(wanted: Wanted): { readonly pod: Pod; readonly container: Record<string, unknown> } {
  const { template } = specOf<{ template: { spec: Pod } }>(wanted, wanted.postgres === undefined ? 'StatefulSet' : 'Deployment');
  const [container = {}] = template.spec.containers;
  return { pod: template.spec, container };
}

const kinds = (wanted: Wanted): readonly string[] => manifests(wanted).map(({ kind }) => kind);

describe('manifests for Kubernetes', () => {
  test('are what the API takes, by its own schemas', () => {
    for (const wanted of [one, copying, three, split]) for (const manifest of manifests(wanted)) validate(manifest);
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

  test('the cluster restarts what does not live, and sends work to what is ready alone', () => {
    for (const wanted of [one, three]) {
      const { container } = podOf(wanted);
      const { startupProbe, livenessProbe, readinessProbe } = container as Record<string, { httpGet: object }>;
      assert.deepEqual(startupProbe?.httpGet, { path: '/health/live', port: 'operations' });
      assert.deepEqual(livenessProbe?.httpGet, { path: '/health/live', port: 'operations' });
      assert.deepEqual(readinessProbe?.httpGet, { path: '/health/ready', port: 'operations' });
    }
  });

  test('replicas stand apart, and whoever empties nodes takes one at a time', () => {
    const { pod } = podOf(three);
    const selector = { matchLabels: { 'app.kubernetes.io/name': 'payment-manager', 'app.kubernetes.io/instance': 'greenbank' } };
    assert.deepEqual(
      pod.topologySpreadConstraints?.map(({ topologyKey, labelSelector }) => [topologyKey, labelSelector]),
      [
        ['topology.kubernetes.io/zone', selector],
        ['kubernetes.io/hostname', selector],
      ],
    );
    assert.deepEqual(specOf(three, 'PodDisruptionBudget'), { maxUnavailable: 1, selector });
  });

  test('out it reaches pods of the cluster and every address but those where clouds keep credentials', () => {
    for (const wanted of [one, three]) {
      const { policyTypes, egress } = specOf<{ policyTypes: string[]; egress: readonly object[] }>(wanted, 'NetworkPolicy');
      assert.deepEqual(policyTypes, ['Ingress', 'Egress']);
      assert.deepEqual(egress, [
        {
          ports: [
            { port: 53, protocol: 'UDP' },
            { port: 53, protocol: 'TCP' },
          ],
        },
        {
          to: [
            { namespaceSelector: {} },
            { ipBlock: { cidr: '0.0.0.0/0', except: ['169.254.169.254/32', '100.100.100.200/32'] } },
            { ipBlock: { cidr: '::/0', except: ['fd00:ec2::254/128', 'fd20:ce::254/128'] } },
          ],
        },
      ]);
    }
  });

  test('in come the hub, pods of the core, what ends TLS before the portal, and what watches', () => {
    const label = (name: string) => ({ matchLabels: { [`payment-manager/${name}`]: 'true' } });
    const doors = manifests(split)
      .filter(({ kind }) => kind === 'NetworkPolicy')
      .map((policy) => (policy as unknown as { spec: { ingress: { ports: { port: string }[]; from?: object[] }[] } }).spec.ingress)
      .map((rules) => rules.map(({ ports, from }) => [ports.map(({ port }) => port).join(), from?.[0]]));
    const watching = ['operations', { namespaceSelector: label('monitoring') }];
    assert.deepEqual(doors, [
      [['inbound', undefined], ['outbound', { podSelector: label('core') }], watching],
      [['management', { namespaceSelector: label('portal') }], watching],
    ]);
  });

  test('TLS is passed through to where the hub’s certificate is checked', () => {
    const found = manifests({ ...one, ingressClass: 'nginx-of-hubs' }).find(({ kind }) => kind === 'Ingress');
    const { metadata, spec } = found as unknown as { metadata: { annotations: object }; spec: { ingressClassName: string } };
    assert.deepEqual(metadata.annotations, {
      'nginx.ingress.kubernetes.io/ssl-passthrough': 'true',
      'nginx.ingress.kubernetes.io/backend-protocol': 'HTTPS',
    });
    assert.equal(spec.ingressClassName, 'nginx-of-hubs');
    const { parentRefs } = specOf<{ parentRefs: object[] }>(three, 'TLSRoute');
    assert.deepEqual(parentRefs, [{ name: 'hub-gateway', namespace: 'gateways' }]);
  });

  test('the autoscaler looks at a metric that the product has', () => {
    const { metrics } = specOf<{ metrics: readonly { pods: { metric: { name: string }; target: object } }[] }>(
      three,
      'HorizontalPodAutoscaler',
    );
    assert.deepEqual(
      metrics.map(({ pods }) => pods),
      [{ metric: { name: 'pm_work' }, target: { type: 'AverageValue', averageValue: '40' } }],
    );
    // this page is compared with the code
    const page = readFileSync(new URL('../../../../docs/metrics.md', import.meta.url), 'utf8');
    for (const { pods } of metrics) assert.match(page, new RegExp(`^\\| \`${pods.metric.name}\` \\| gauge \\|`, 'm'));
  });

  test('peers and connector are folders of ConfigMaps: one each, for both workloads', () => {
    const objects = manifests(split) as readonly (Manifest & { metadata: { name: string }; data?: object })[];
    const maps = objects.filter(({ kind }) => kind === 'ConfigMap');
    assert.deepEqual(
      maps.map(({ metadata }) => metadata.name),
      ['greenbank', 'greenbank-connector', 'greenbank-management'],
    );
    assert.deepEqual(maps[1]?.data, { 'connector.yaml': 'connector: mine', 'operations.party.get.yaml': 'operation: party.get' });
    const { pod, container } = podOf(split);
    const volumes = pod.volumes.filter(({ name }) => name === 'peers' || name === 'connector');
    const items = [
      { key: 'connector.yaml', path: 'connector.yaml' },
      { key: 'operations.party.get.yaml', path: 'operations/party.get.yaml' },
    ];
    assert.deepEqual(volumes, [
      { name: 'peers', configMap: { name: 'greenbank-peers' } },
      { name: 'connector', configMap: { name: 'greenbank-connector', items } },
    ]);
    const mounts = container['volumeMounts'] as readonly { name: string }[];
    assert.deepEqual(
      mounts.filter(({ name }) => name === 'peers' || name === 'connector'),
      [
        { name: 'peers', mountPath: '/etc/payment-manager/peers', readOnly: true },
        { name: 'connector', mountPath: '/etc/payment-manager/connectors/mine', readOnly: true },
      ],
    );
    assert.equal(manifestsText(split).match(/name: greenbank-peers$/gm)?.length, 2);
  });

  test('copies of the journal are on a volume of their own, which another pod can read', () => {
    const page = readFileSync(new URL('../../../../docs/operations/kubernetes.md', import.meta.url), 'utf8');
    const text = /```yaml\n(apiVersion: v1\nkind: Pod\n[^`]*)```/.exec(page)?.[1] ?? '';
    const reader = parseAllDocuments(text.replaceAll('NAME', 'greenbank'))[0]?.toJS() as Manifest & { spec: Pod };
    validate(reader);
    const claim = manifests(copying).find(({ kind }) => kind === 'PersistentVolumeClaim') as unknown as {
      metadata: { name: string; annotations: object };
      spec: { accessModes: string[]; resources: object };
    };
    assert.deepEqual(Object.keys(claim.metadata.annotations), ['helm.sh/resource-policy', 'argocd.argoproj.io/sync-options']);
    assert.deepEqual(claim.spec, { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '500Gi' } } });
    const { pod, container } = podOf(copying);
    for (const { volumes } of [pod, reader.spec]) {
      const { persistentVolumeClaim } = volumes.find(({ name }) => name === 'copies') as { persistentVolumeClaim: { claimName: string } };
      assert.equal(persistentVolumeClaim.claimName, claim.metadata.name);
    }
    const mounts = container['volumeMounts'] as readonly { name: string }[];
    assert.deepEqual(
      mounts.find(({ name }) => name === 'copies'),
      { name: 'copies', mountPath: '/mnt/copies' },
    );
    assert.ok(!kinds(one).includes('PersistentVolumeClaim'));
  });

  test('the journal’s key lies in the data folder of the environment', () => {
    const { container } = podOf({ ...three, dataFolder: '/var/lib/payment-manager/production' });
    const mounts = container['volumeMounts'] as readonly { name: string; mountPath: string }[];
    const of = (volume: string) => mounts.find(({ name }) => name === volume)?.mountPath;
    assert.equal(of('data'), '/var/lib/payment-manager/production');
    assert.equal(of('journal-key'), '/var/lib/payment-manager/production/journal.key');
  });

  test('the text is what was made, document by document', () => {
    const read = parseAllDocuments(manifestsText(three)).map((document) => document.toJS() as unknown);
    assert.deepEqual(read, JSON.parse(JSON.stringify(manifests(three))));
  });
});
