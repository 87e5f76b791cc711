/** How people call the certificates, and what the vault calls them. */
export const CERTIFICATE_NAMES = { client: 'tls-client', server: 'tls-server', ca: 'dfsp-ca', 'hub-ca': 'hub-ca' } as const;

export type CertificateName = keyof typeof CERTIFICATE_NAMES;
