import type { KeyAlgorithm, Subject } from '@payment-manager/vault';

/** From where we call the hub: its gateway lets these through. */
export interface EgressAddress {
  /** IPv4 address, or prefix such as `10.0.0.0/24`. */
  readonly address: string;
  /** Ports that we call, such as `443` or `8000-8010`. */
  readonly ports: readonly string[];
}

/** What this DFSP wants to be towards the scheme. It changes with the configuration only. */
export interface Wanted {
  readonly fspId: string;
  /** Of our certificates: `commonName` of the client certificate as the scheme wants it, often the FSP id. */
  readonly subject: Subject;
  /** Host names under which the hub calls us; with `ips` the names in our server certificate. At least one of both. */
  readonly dnsNames: readonly string[];
  readonly ips: readonly string[];
  /** CN of the hub's client certificate that we sign: hubs learn from it where to call us back. */
  readonly connectorFqdn: string;
  /** Where the hub calls us back, such as `https://connector.bank.example`. */
  readonly ingressUrl: string;
  readonly egress: readonly EgressAddress[];
  /** Of client and server keys. Schemes' servers take RSA only; many ask for RSA-4096. Default RSA-4096. */
  readonly keyAlgorithm?: KeyAlgorithm;
  /** Default RSA-2048. */
  readonly jwsKeyAlgorithm?: Exclude<KeyAlgorithm, 'EC-P256'>;
  /** Validity of our own CA. Default 3,650 days. */
  readonly caDays?: number;
  /** Validity of our server certificate, from our own CA. Default 365 days. */
  readonly serverDays?: number;
  /** Validity of the hub's client certificate that we sign. Default 30 days. */
  readonly hubClientDays?: number;
  /** A JWS key is replaced when it has been in use for so long. Absent: when somebody asks for it. */
  readonly jwsKeyDays?: number;
}
