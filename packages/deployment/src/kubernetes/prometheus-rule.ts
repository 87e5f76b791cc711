import type { IPrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule';
import { ruleGroups } from '../prometheus/rules-files.ts';
import { labelsOf, type Wanted } from './wanted.ts';

/** The alert rules of `deploy/prometheus`, for the operator of Prometheus. They watch every DFSP of the job `payment-manager`: one is enough for all. */
export function prometheusRule(wanted: Pick<Wanted, 'name'>): IPrometheusRule {
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name: wanted.name, labels: labelsOf(wanted) },
    spec: { groups: ruleGroups() },
  };
}
