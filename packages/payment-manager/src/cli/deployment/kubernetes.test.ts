import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readConnectorFolder, readFixtureFiles } from '@payment-manager/core-connector';
import { parse, parseAllDocuments } from 'yaml';
import { pmIn } from '../../../test/command-line.ts';
import { deploymentCommands } from './deployment-commands.ts';

const root = fileURLToPath(new URL('../../../../../', import.meta.url));

const folder = mkdtempSync(join(tmpdir(), 'pm-kubernetes-'));
after(() => rmSync(folder, { recursive: true }));

const FITS = {
  fspId: 'greenbank',
  sandbox: true,
  inbound: { host: '0.0.0.0', port: 4000, tls: { enabled: false } },
  outbound: { host: '0.0.0.0', port: 4001 },
  operations: { host: '0.0.0.0', port: 4002 },
  hub: { baseUrl: 'http://hub.example.org' },
  core: { baseUrl: 'http://core.example.org' },
  jws: { sign: false, verify: false },
};

const IMAGE = 'registry.example.org/payment-manager:0.1.0';

async function kubernetes(config: object, ...args: readonly string[]): Promise<{ exitCode: number; text: string }> {
  writeFileSync(join(folder, 'payment-manager.yaml'), JSON.stringify(config));
  return pmIn(folder, ['kubernetes', ...(args.includes('--image') ? args : ['--image', IMAGE, ...args])]);
}

interface Container {
  readonly image: string;
  readonly env: readonly { readonly name: string; readonly value?: string }[];
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
}

/** What is wanted of its pods. */
interface Pod {
  readonly terminationGracePeriodSeconds: number;
  readonly containers: readonly [Container];
  readonly volumes: readonly {
    readonly name: string;
    readonly configMap?: { readonly name: string; readonly items?: readonly { readonly key: string; readonly path: string }[] };
  }[];
}

interface Printed {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: { readonly template?: { readonly spec: Pod } } & Readonly<Record<string, unknown>>;
}

/** The objects that it prints, and the pod of the first workload among them. */
async function printed(config: object, ...args: readonly string[]): Promise<{ objects: readonly Printed[]; pod: Pod }> {
  const { exitCode, text } = await kubernetes(config, ...args);
  assert.equal(exitCode, 0, text);
  const objects = parseAllDocuments(text).map((one) => one.toJS() as Printed);
  const pod = objects.find(({ spec }) => spec?.template !== undefined)?.spec?.template?.spec;
  assert.ok(pod !== undefined);
  return { objects, pod };
}

/** A configuration for production, in the words of docs/operations/kubernetes.md; it lacks a core. */
function ofItsPage(): object {
  const page = readFileSync(join(root, 'docs/operations/kubernetes.md'), 'utf8');
  const said = parse(/```yaml\n([^`]*)```/.exec(page)?.[1] ?? '') as Record<string, object>;
  assert.deepEqual(Object.keys(said).sort(), ['hub', 'inbound', 'jws', 'management', 'operations', 'outbound', 'shutdown']);
  const ports = { inbound: 4000, outbound: 4001, operations: 4002 };
  const doors = Object.entries(ports).map(([door, port]) => [door, { ...said[door], port }]);
  return { fspId: 'greenbank', ...said, ...Object.fromEntries(doors), hub: { ...said['hub'], baseUrl: 'https://switch.example.org' } };
}

/** What is refused, and how it is called. */
async function refusal(config: object, ...args: readonly string[]): Promise<string> {
  const { exitCode, text } = await kubernetes(config, ...args);
  assert.equal(exitCode, 78, text);
  return text;
}

const mountOf = ({ containers: [{ volumeMounts }] }: Pod, volume: string): string | undefined =>
  volumeMounts.find(({ name }) => name === volume)?.mountPath;

describe('./pm kubernetes', () => {
  test('prints what kubectl takes, with the configuration as it is', async () => {
    const { exitCode, text } = await kubernetes(FITS, '--host', 'connector.example.org');
    assert.equal(exitCode, 0, text);
    const objects = parseAllDocuments(text).map((one) => one.toJS() as { kind: string; data?: Record<string, string> });
    assert.deepEqual(
      objects.map(({ kind }) => kind),
      ['ServiceAccount', 'ConfigMap', 'NetworkPolicy', 'Service', 'StatefulSet', 'Ingress'],
    );
    assert.deepEqual(JSON.parse(objects[1]?.data?.['payment-manager.yaml'] ?? ''), FITS);
  });

  test('replicas are on PostgreSQL, or there are none', async () => {
    assert.match((await kubernetes(FITS, '--replicas', '3')).text, /Several replicas share a PostgreSQL/);
    const { exitCode, text } = await kubernetes(FITS, '--replicas', '3', '--postgres', 'journal');
    assert.equal(exitCode, 0, text);
    assert.match(text, /kind: Deployment/);
    assert.match((await kubernetes(FITS, '--autoscale-to', '9')).text, /only for replicas on PostgreSQL/);
  });

  test('roles in workloads of their own need PostgreSQL, and a portal that can be reached', async () => {
    assert.match((await kubernetes(FITS, '--split')).text, /--split needs --postgres/);
    const portal = { enabled: true, host: '0.0.0.0', port: 4005 };
    const { exitCode, text } = await kubernetes({ ...FITS, management: portal }, '--split', '--postgres', 'journal', '--replicas', '3');
    assert.equal(exitCode, 0, text);
    assert.match(text, /name: greenbank-management/);
    const hidden = await kubernetes({ ...FITS, management: { enabled: true } }, '--split', '--postgres', 'journal');
    assert.match(hidden.text, /management\.host: nobody reaches 127\.0\.0\.1/);
    assert.match((await kubernetes(FITS, '--split', '--postgres', 'journal')).text, /management\.enabled/);
  });

  test('what would not work in a pod, or would not be secret, is refused with what to do', async () => {
    const { exitCode, text } = await kubernetes({
      ...FITS,
      operations: { host: '127.0.0.1', port: 0 },
      hub: { ...FITS.hub, oauth: { tokenUrl: 'http://hub.example.org/token', clientId: 'a', clientSecret: 'very-secret-word' } },
    });
    assert.equal(exitCode, 78, text);
    assert.match(text, /operations\.host: nobody reaches 127\.0\.0\.1/);
    assert.match(text, /operations\.port: give it a number/);
    assert.match(text, /hub\.oauth\.clientSecret: a ConfigMap is not for secrets/);
    assert.doesNotMatch(text, /very-secret-word/);
    for (const wrong of [
      ['--name', 'Green Bank'],
      ['--storage', 'much'],
      ['--host', 'a b'],
      ['--image', 'a;b'],
    ])
      assert.equal((await kubernetes(FITS, ...wrong)).exitCode, 64, wrong.join(' '));
  });

  test('the image is named: a cluster would look for another one at docker.io', async () => {
    writeFileSync(join(folder, 'payment-manager.yaml'), JSON.stringify(FITS));
    const { exitCode, text } = await pmIn(folder, ['kubernetes']);
    assert.equal(exitCode, 64);
    assert.match(text, /Name the image with --image/);
    const { pod } = await printed(FITS);
    assert.equal(pod.containers[0].image, IMAGE);
  });

  test('the example of its help, and what its page says of the configuration, are taken', async () => {
    const example = deploymentCommands.find(({ name }) => name === 'kubernetes')?.example ?? '';
    const [, , ...args] = (example.split(' | ')[0] ?? '').split(' ');
    assert.equal((await kubernetes(FITS, ...args)).exitCode, 0);
    const production = { ...ofItsPage(), core: { baseUrl: 'https://core.example.org' } };
    const { pod } = await printed(production, '--host', 'connector.example.org');
    assert.equal(mountOf(pod, 'peers'), '/etc/payment-manager/peers');
  });

  test('peers’ keys are a folder of their own: members of a Secret have none, and its other members are no peers', async () => {
    const jws = { sign: false, verify: true };
    const { pod } = await printed({ ...FITS, jws: { ...jws, peerKeysFolder: 'keys/peers' } });
    assert.equal(mountOf(pod, 'peers'), '/etc/payment-manager/keys/peers');
    assert.equal(pod.volumes.find(({ name }) => name === 'peers')?.configMap?.name, 'greenbank-peers');
    for (const peerKeysFolder of ['secrets', 'secrets/peers', '.', '/mnt/peers'])
      assert.match(
        await refusal({ ...FITS, jws: { ...jws, peerKeysFolder } }),
        /jws\.peerKeysFolder: .* cannot be a volume of its own; .* such as peers/,
        peerKeysFolder,
      );
    assert.equal(mountOf((await printed(FITS)).pod, 'peers'), undefined);
  });

  test('a connector beside the configuration is in the pod as it is here', async () => {
    const connector = join(folder, 'connectors/mine');
    cpSync(join(root, 'connectors/rest-core'), connector, { recursive: true });
    mkdirSync(join(connector, 'tables'));
    writeFileSync(join(connector, 'tables/branches.csv'), 'code,name\n');
    writeFileSync(join(connector, 'signed-off.json'), '{"signedOff":[]}');
    const { core: _, ...rest } = FITS;
    const config = { ...rest, core: { connector: 'connectors/mine' } };
    const { objects, pod } = await printed(config);
    assert.equal(mountOf(pod, 'connector'), '/etc/payment-manager/connectors/mine');
    const { name, items = [] } = pod.volumes.find((volume) => volume.name === 'connector')?.configMap ?? {};
    assert.equal(name, 'greenbank-connector');
    const { data = {} } = objects.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === name) ?? {};
    // as the kubelet lays it out
    const there = join(folder, 'there');
    for (const { key, path } of items) {
      mkdirSync(dirname(join(there, path)), { recursive: true });
      writeFileSync(join(there, path), data[key] ?? '');
      assert.match(key, /^[-._a-zA-Z0-9]+$/);
    }
    assert.equal(items.length, Object.keys(data).length);
    assert.deepEqual(await readConnectorFolder(there), await readConnectorFolder(connector));
    assert.deepEqual(await readFixtureFiles(there), await readFixtureFiles(connector));
    assert.equal(readFileSync(join(there, 'signed-off.json'), 'utf8'), '{"signedOff":[]}');

    writeFileSync(join(connector, 'tests/much.json'), ' '.repeat(200_000));
    assert.match(await refusal(config), /core\.connector: .* has \d{6} bytes, and kubectl takes 200000/);
    rmSync(join(connector, 'tests/much.json'));
    writeFileSync(join(connector, 'tests/a b.json'), '{}');
    assert.match(await refusal(config), /core\.connector: .*tests\/a b\.json: a ConfigMap takes names of/);
    rmSync(join(connector, 'tests/a b.json'));
    writeFileSync(join(connector, 'operations/party.get.yaml'), 'operation: no such thing\n');
    assert.match(await refusal(config), /core\.connector: .*operations\/party\.get\.yaml/s);
  });

  test('a connector of the image needs nothing; one that is nowhere, or elsewhere, is refused', async () => {
    const { core: _, ...rest } = FITS;
    const of = (connector: string) => ({ ...rest, core: { connector } });
    const { objects, pod } = await printed(of('/opt/payment-manager/connectors/mock-core'));
    assert.equal(mountOf(pod, 'connector'), undefined);
    assert.equal(objects.filter(({ kind }) => kind === 'ConfigMap').length, 1);
    assert.match(await refusal(of('connectors/none')), /there is no connector\.yaml .*\/opt\/payment-manager\/connectors\/NAME/);
    assert.match(await refusal(of('../mine')), /core\.connector: .* cannot be a volume of its own; .* such as connectors\/mine/);
    const both = { ...of('keys'), jws: { sign: false, verify: true, peerKeysFolder: 'keys/peers' } };
    assert.match(await refusal(both), /jws\.peerKeysFolder: give peers and connector two folders/);
  });

  test('guesses about a core that nobody answers for are no matter of a sandbox, and refused for real money', async () => {
    cpSync(join(root, 'connectors/mambu'), join(folder, 'connectors/guessed'), { recursive: true });
    for (const connector of ['connectors/guessed', '/opt/payment-manager/connectors/mambu']) {
      const { core: _, ...rest } = FITS;
      await printed({ ...rest, core: { connector } });
      assert.match(await refusal({ ...ofItsPage(), core: { connector } }), /has guesses that nobody answers for: .*search/);
    }
  });

  test('what no volume carries is refused: what is read is a member of the secret, what is written lies in the data folder', async () => {
    const hub = (caFile: string) => ({ ...FITS, hub: { ...FITS.hub, oauth: { caFile } } });
    for (const caFile of ['tls/ca.pem', '/run/secrets/ca.pem', 'secrets/hub/ca.pem', 'secrets/..ca'])
      assert.match(await refusal(hub(caFile)), /hub\.oauth\.caFile: a pod has no .* put it into the secret greenbank-files/, caFile);
    await printed(hub('secrets/ca.pem'));
    await printed(hub('/etc/payment-manager/secrets/ca.pem'));
    // what is written here as absolute is nothing to the pod
    assert.match(await refusal(hub(join(folder, 'secrets/ca.pem'))), /hub\.oauth\.caFile: a pod has no/);
    const written = (path: string) => ({
      ...FITS,
      messages: { folder: path },
      journal: { anchor: { file: `${path}/anchors` } },
      vault: { store: 'file', folder: path },
    });
    const text = await refusal(written('/mnt/audit'));
    for (const key of ['messages\\.folder', 'journal\\.anchor\\.file', 'vault\\.folder'])
      assert.match(text, new RegExp(`${key}: no volume carries /mnt/audit`));
    assert.match(text, /journal\.anchor\.webhookUrl/);
    await printed(written('/var/lib/payment-manager/kept'));
    const onPostgres = await refusal(written('/var/lib/payment-manager/kept'), '--postgres', 'journal');
    assert.match(onPostgres, /journal\.anchor\.file: with --postgres nothing stays in a pod/);
    assert.match(onPostgres, /vault\.store: with --postgres nothing stays in a pod/);
    assert.match(await refusal({ ...FITS, journalFile: '/mnt/journal.db' }), /journalFile: the journal lies in the data folder/);
    const token = { store: 'hashicorp', hashicorp: { url: 'https://vault.example.org', login: 'kubernetes', role: 'pm' } };
    assert.match(await refusal({ ...FITS, vault: token }), /vault\.hashicorp\.login: a pod gets no token of the cluster/);
  });

  test('the journal’s copies are on a volume of their own where the configuration asks for them', async () => {
    const config = { ...FITS, journal: { backup: { folder: '/mnt/copies' } } };
    const of = ({ objects, pod }: { objects: readonly Printed[]; pod: Pod }) => [
      objects.find(({ kind }) => kind === 'PersistentVolumeClaim')?.spec?.['resources'],
      mountOf(pod, 'copies'),
    ];
    assert.deepEqual(of(await printed(config)), [{ requests: { storage: '20Gi' } }, '/mnt/copies']);
    assert.deepEqual(of(await printed(config, '--copies-storage', '500Gi')), [{ requests: { storage: '500Gi' } }, '/mnt/copies']);
    assert.deepEqual(of(await printed(FITS)), [undefined, undefined]);
    assert.equal((await kubernetes(FITS, '--copies-storage', '500Gi')).exitCode, 64);
    for (const folder of ['copies', '/copies', '/tmp'])
      assert.match(
        await refusal({ ...FITS, journal: { backup: { folder } } }),
        /journal\.backup\.folder: .* such as \/mnt\/copies/,
        folder,
      );
  });

  test('replicas still take work while the cluster takes them out of the service, and have the time for it', async () => {
    const leaving = ({ terminationGracePeriodSeconds, containers: [{ env }] }: Pod) => [
      env.find(({ name }) => name === 'PM_SHUTDOWN_DRAIN_MS')?.value,
      terminationGracePeriodSeconds,
    ];
    const shutdown = (drainMs: number) => ({ ...FITS, shutdown: { drainMs, graceMs: 20_000 } });
    assert.deepEqual(leaving((await printed({ ...FITS, shutdown: { graceMs: 20_000 } }, '--postgres', 'journal')).pod), ['10000', 40]);
    assert.deepEqual(leaving((await printed(shutdown(15_000), '--postgres', 'journal')).pod), [undefined, 45]);
    assert.deepEqual(leaving((await printed({ ...FITS, shutdown: { graceMs: 20_000 } })).pod), [undefined, 30]);
    assert.deepEqual(leaving((await printed(shutdown(0), '--postgres', 'journal')).pod), [undefined, 30]);
  });

  test('of one environment: the journal’s key lies where that looks for it', async () => {
    const { sandbox: _, ...rest } = FITS;
    const config = { ...rest, environments: { test: { sandbox: true }, trial: { sandbox: true } } };
    const { pod } = await printed(config, '--environment', 'test', '--postgres', 'journal');
    assert.equal(mountOf(pod, 'data'), '/var/lib/payment-manager/test');
    assert.equal(mountOf(pod, 'journal-key'), '/var/lib/payment-manager/test/journal.key');
  });

  test('an Ingress of another class, or a Gateway of another namespace', async () => {
    const host = ['--host', 'connector.example.org'];
    const of = async (kind: string, ...args: readonly string[]) =>
      (await printed(FITS, ...host, ...args)).objects.find((each) => each.kind === kind)?.spec;
    assert.equal((await of('Ingress'))?.['ingressClassName'], 'nginx');
    assert.equal((await of('Ingress', '--ingress-class', 'nginx-hubs'))?.['ingressClassName'], 'nginx-hubs');
    assert.deepEqual((await of('TLSRoute', '--gateway', 'hub'))?.['parentRefs'], [{ name: 'hub' }]);
    assert.deepEqual((await of('TLSRoute', '--gateway', 'gateways/hub'))?.['parentRefs'], [{ name: 'hub', namespace: 'gateways' }]);
    for (const wrong of [
      ['--ingress-class', 'nginx'],
      [...host, '--gateway', 'hub', '--ingress-class', 'nginx'],
      [...host, '--gateway', 'a/b/c'],
      [...host, '--ingress-class', 'Not Here'],
    ])
      assert.equal((await kubernetes(FITS, ...wrong)).exitCode, 64, wrong.join(' '));
  });
});
