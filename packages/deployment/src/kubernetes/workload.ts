import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import type { IStatefulSet } from 'kubernetes-models/apps/v1/StatefulSet';
import type { IHorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import type { IConfigMap } from 'kubernetes-models/v1/ConfigMap';
import type { IPersistentVolumeClaim } from 'kubernetes-models/v1/PersistentVolumeClaim';
import type { IServiceAccount } from 'kubernetes-models/v1/ServiceAccount';
import { podTemplate } from './pod.ts';
import { claimOfCopies, labelsOf, memberOf, type Wanted } from './wanted.ts';

/** Payments under way in one replica above which there should be another one. */
const PAYMENTS_EACH = 40;

/** The configuration, as it was given. */
export function configMap(wanted: Wanted): IConfigMap {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata(wanted), data: { 'payment-manager.yaml': wanted.configuration } };
}

/** The connector as it lies in its folder. */
export function connectorMap(wanted: Wanted, { configMap: name, files }: NonNullable<Wanted['connector']>): IConfigMap {
  const data = Object.fromEntries([...files].map(([path, text]) => [memberOf(path), text]));
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata(wanted, name), data };
}

/** It asks the cluster's API for nothing, so it gets no token. */
export function serviceAccount(wanted: Wanted): IServiceAccount {
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: metadata(wanted), automountServiceAccountToken: false };
}

/** One process with its journal on a volume. A file has one writer: a second pod must never start before the first has gone. */
export function statefulSet(wanted: Wanted): IStatefulSet {
  const { name, storage } = wanted;
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: metadata(wanted),
    spec: {
      serviceName: name,
      replicas: 1,
      selector: { matchLabels: labelsOf(wanted) },
      template: podTemplate(wanted),
      volumeClaimTemplates: [
        {
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
          metadata: { name: 'data' },
          spec: { accessModes: ['ReadWriteOncePod'], resources: { requests: { storage } } },
        },
      ],
      // the journal stays when somebody removes the workload
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
    },
  };
}

/** Copies outlive what they are copies of: Helm and Argo CD remove them with nothing else. `kubectl delete -f` of everything does. */
const KEPT = { 'helm.sh/resource-policy': 'keep', 'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false' };

/**
 * The volume for the journal's copies. Not a template of the StatefulSet, whose templates nobody can change later; and `ReadWriteOnce`, so that another pod
 * on the same node can fetch them.
 */
export function copiesClaim(wanted: Wanted, storage: string): IPersistentVolumeClaim {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { ...metadata(wanted, claimOfCopies(wanted)), annotations: KEPT },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } },
  };
}

/** Equal replicas on PostgreSQL: a new one is ready before an old one leaves. */
export function deployment(wanted: Wanted, replicas: number): IDeployment {
  const { autoscaleTo } = wanted.extensions;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata(wanted),
    spec: {
      // an autoscaler decides it otherwise
      ...(autoscaleTo === undefined && { replicas }),
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      selector: { matchLabels: labelsOf(wanted) },
      template: podTemplate(wanted),
    },
  };
}

/** Whoever empties a node takes one replica at a time. One alone is never held back: a node must be able to be renewed. */
export function disruptionBudget(wanted: Wanted): IPodDisruptionBudget {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: metadata(wanted),
    spec: { maxUnavailable: 1, selector: { matchLabels: labelsOf(wanted) } },
  };
}

/** More replicas when there is much under way; the metric must be offered to the cluster by an adapter of Prometheus. */
export function autoscaler(wanted: Wanted, fewest: number, most: number): IHorizontalPodAutoscaler {
  const { name } = wanted;
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: metadata(wanted),
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
      minReplicas: fewest,
      maxReplicas: most,
      metrics: [
        { type: 'Pods', pods: { metric: { name: 'pm_work' }, target: { type: 'AverageValue', averageValue: `${PAYMENTS_EACH}` } } },
      ],
      behavior: { scaleDown: { stabilizationWindowSeconds: 600, policies: [{ type: 'Pods', value: 1, periodSeconds: 120 }] } },
    },
  };
}

/** What every object bears. */
export function metadata(wanted: Wanted, name = wanted.name): { name: string; labels: Record<string, string> } {
  return { name, labels: labelsOf(wanted) };
}
