import type { ITLSRoute } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1alpha2/TLSRoute';
import type { IServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor';
import type { IIngress } from 'kubernetes-models/networking.k8s.io/v1/Ingress';
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import type { IService } from 'kubernetes-models/v1/Service';
import { doorsOf, labelsOf, type Wanted } from './wanted.ts';
import { metadata } from './workload.ts';

/** What the core must bear to reach us, and a namespace to read health and metrics. */
const CORE_LABEL = 'payment-manager/core';
const MONITORING_LABEL = 'payment-manager/monitoring';
/** The namespace of what ends TLS before the portal. */
const PORTAL_LABEL = 'payment-manager/portal';
/** Where clouds keep credentials of the machine: most of them; Alibaba; by IPv6 Amazon and Google. */
const METADATA_SERVICES = { ipv4: ['169.254.169.254/32', '100.100.100.200/32'], ipv6: ['fd00:ec2::254/128', 'fd20:ce::254/128'] };

/** One name for all doors of a process. */
export function service(wanted: Wanted): IService {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(wanted),
    spec: {
      selector: labelsOf(wanted),
      ports: doorsOf(wanted).map((door) => ({ ...door, targetPort: door.name })),
    },
  };
}

/**
 * Certificates of the hub are checked in Payment Manager, so TLS is passed through: an annotation of the ingress controller of nginx, which heeds it
 * only when it was started with `--enable-ssl-passthrough`.
 */
export function ingress(wanted: Wanted, host: string): IIngress {
  const { name } = wanted;
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: {
      ...metadata(wanted),
      annotations: {
        'nginx.ingress.kubernetes.io/ssl-passthrough': 'true',
        'nginx.ingress.kubernetes.io/backend-protocol': 'HTTPS',
      },
    },
    spec: {
      ingressClassName: wanted.ingressClass,
      rules: [{ host, http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name, port: { name: 'inbound' } } } }] } }],
    },
  };
}

/** The same by the Gateway API: its listener must be of mode Passthrough. */
export function tlsRoute(wanted: Wanted, gateway: NonNullable<Wanted['extensions']['gateway']>, host: string): ITLSRoute {
  return {
    apiVersion: 'gateway.networking.k8s.io/v1alpha2',
    kind: 'TLSRoute',
    metadata: metadata(wanted),
    spec: {
      parentRefs: [gateway],
      hostnames: [host],
      rules: [{ backendRefs: [{ name: wanted.name, port: wanted.ports.inbound }] }],
    },
  };
}

/**
 * In: the hub's messages from anywhere (mutual TLS decides who), the core's from pods that bear a label, people's from what ends TLS before the portal,
 * health and metrics from namespaces that bear a label, and among replicas. Out: names, and everything but the machine's own credentials; hub, core and database are where you say.
 * Pods of the cluster are named as such: for some networks (Cilium) no address is one of theirs.
 */
export function networkPolicy(wanted: Wanted): INetworkPolicy {
  const labels = labelsOf(wanted);
  const port = (name: string) => [{ port: name, protocol: 'TCP' as const }];
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: metadata(wanted),
    spec: {
      podSelector: { matchLabels: labels },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        ...(wanted.role === 'management'
          ? [{ ports: port('management'), from: [{ namespaceSelector: { matchLabels: { [PORTAL_LABEL]: 'true' } } }] }]
          : [{ ports: port('inbound') }, { ports: port('outbound'), from: [{ podSelector: { matchLabels: { [CORE_LABEL]: 'true' } } }] }]),
        {
          ports: port('operations'),
          from: [{ namespaceSelector: { matchLabels: { [MONITORING_LABEL]: 'true' } } }, { podSelector: { matchLabels: labels } }],
        },
      ],
      egress: [
        {
          ports: [
            { port: 53, protocol: 'UDP' },
            { port: 53, protocol: 'TCP' },
          ],
        },
        {
          to: [
            { namespaceSelector: {} },
            { ipBlock: { cidr: '0.0.0.0/0', except: METADATA_SERVICES.ipv4 } },
            { ipBlock: { cidr: '::/0', except: METADATA_SERVICES.ipv6 } },
          ],
        },
      ],
    },
  };
}

/** For the operator of Prometheus. */
export function serviceMonitor(wanted: Wanted): IServiceMonitor {
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'ServiceMonitor',
    metadata: metadata(wanted),
    spec: {
      jobLabel: 'app.kubernetes.io/name',
      selector: { matchLabels: labelsOf(wanted) },
      endpoints: [{ port: 'operations', path: '/metrics', interval: '15s' }],
    },
  };
}
