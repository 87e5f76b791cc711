import { stringify } from 'yaml';
import { ingress, networkPolicy, service, serviceMonitor, tlsRoute } from './network.ts';
import { prometheusRule } from './prometheus-rule.ts';
import type { Wanted } from './wanted.ts';
import { autoscaler, configMap, connectorMap, copiesClaim, deployment, disruptionBudget, serviceAccount, statefulSet } from './workload.ts';

/** An object of a cluster, as far as everything needs it here. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
}

/** Every object that runs it, in the order in which they are made. */
export function manifests(wanted: Wanted): readonly Manifest[] {
  const { name, split, postgres } = wanted;
  if (split !== true || postgres === undefined) return ofOne(wanted);
  const { host: _, ...rest } = wanted;
  const forPeople = { ...rest, name: `${name}-management`, role: 'management', postgres: { ...postgres, replicas: 1 } } as const;
  return [...ofOne({ ...wanted, role: 'payments' }), ...ofOne({ ...forPeople, extensions: { monitor: wanted.extensions.monitor } })];
}

function ofOne(wanted: Wanted): readonly Manifest[] {
  const { postgres, host, extensions, connector, role, copies } = wanted;
  const { gateway, monitor, autoscaleTo } = extensions;
  return [
    serviceAccount(wanted),
    configMap(wanted),
    ...(connector === undefined || role === 'management' ? [] : [connectorMap(wanted, connector)]),
    networkPolicy(wanted),
    service(wanted),
    ...(postgres === undefined && copies !== undefined ? [copiesClaim(wanted, copies.storage)] : []),
    ...(postgres === undefined ? [statefulSet(wanted)] : [deployment(wanted, postgres.replicas), disruptionBudget(wanted)]),
    ...(host !== undefined && gateway === undefined ? [ingress(wanted, host)] : []),
    ...(host !== undefined && gateway !== undefined ? [tlsRoute(wanted, gateway, host)] : []),
    ...(monitor ? [serviceMonitor(wanted), ...(wanted.role === 'management' ? [] : [prometheusRule(wanted)])] : []),
    ...(postgres !== undefined && autoscaleTo !== undefined ? [autoscaler(wanted, postgres.replicas, autoscaleTo)] : []),
  ];
}

/** The same as text, for `kubectl apply -f -`. */
export function manifestsText(wanted: Wanted): string {
  return manifests(wanted)
    .map((manifest) => stringify(manifest, { lineWidth: 0, aliasDuplicateObjects: false }))
    .join('---\n');
}
