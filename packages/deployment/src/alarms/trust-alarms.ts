import type { AlarmEntries } from './alarm-entry.ts';

/** Alarms of keys, certificates, tokens, and of the connection to the scheme. */
export const TRUST_ALARMS = {
  HUB_TOKEN_UNAVAILABLE: {
    kind: 'stands',
    means:
      'The hub’s token server gives no token. A token that is still valid goes on; without one messages wait as not sent: no payment leaves. It ends with the next log-in.',
    look: ['`./pm doctor`: what the token server says', 'the reason'],
    act: ['The server of `hub.oauth.tokenUrl`, the way to it, client id and secret; ask the scheme whether they were withdrawn.'],
  },
  HUB_TOKEN_REFUSED: {
    kind: 'stands',
    means: 'The hub answers 401 to a token that was just fetched: it refuses what we send. It ends with the first that it takes.',
    look: ['`./pm doctor`', '`pm_hub_token_refused_total`: whether it grows'],
    act: [
      'Ask the hub’s operator which token server, client id and scope it wants (`hub.oauth.tokenUrl`, `hub.oauth.clientId`, `hub.oauth.scope`).',
    ],
  },
  CERTIFICATE_EXPIRING: {
    kind: 'stands',
    means:
      'A certificate, ours or the hub’s, comes to its end and was not renewed: it is told at a third of its lifetime, a sixth, 7 days and 1 day. When it has ended nobody connects any more in that direction. The alarm ends when another is in use.',
    look: [
      'the reason: which one, and the day',
      '`./pm cert list` (with a vault), `./pm doctor`',
      '`./pm onboard`: what keeps its renewal',
    ],
    act: [
      'With a Connection Manager it renews itself: mend what keeps it. In the vault: `./pm cert renew client` (or `server`). In files: [tls-certificates.md](tls-certificates.md#renew). The hub’s own: ask its operator.',
    ],
  },
  CERTIFICATE_EXPIRED: {
    kind: 'stands',
    means:
      'A certificate has ended: the other side refuses connections with it, so no payment goes in that direction. It ends when another is in use.',
    look: ['the reason: which one', '`./pm cert list` (with a vault), `./pm doctor`'],
    act: [
      'At once, as with `CERTIFICATE_EXPIRING`. Where the Connection Manager cannot be reached without it: by hand, [onboarding.md](../onboarding.md#3-without-a-connection-manager).',
    ],
  },
  CREDENTIALS_NOT_TAKEN: {
    kind: 'stands',
    means:
      'A CA bundle, certificate or key that was given anew cannot be used: empty, cut off, unreadable, or not fitting; or the vault cannot be read. What is in use stays, so payments go on until that ends. It ends when something was taken.',
    look: ['the reason: which file, and why', '`./pm config`: files, rights, whether pairs belong together'],
    act: [
      'Put a complete file there ([tls-certificates.md](tls-certificates.md#look-before-you-use-it)). A vault: its code in the reason ([errors.md](../errors.md#the-vault)).',
    ],
  },
  TRUST_CHANGED: {
    kind: 'stands',
    means:
      'Another CA or JWS key of the hub, or another key of a peer, is trusted than before. It is in use already. It is told for a day.',
    look: ['the reason: whose key, its fingerprint, who said so', '`./pm keys list`'],
    act: [
      'Was it announced? Nothing. Else ask its owner by another way than the Connection Manager; if it is not theirs: `./pm keys compromised KEY` distrusts it at once (a peer’s key in a file: remove the file).',
    ],
  },
  TRUST_WAITS: {
    kind: 'stands',
    means:
      'The Connection Manager presents a CA or JWS key of the hub that breaks a pin (`connectionManager.pinnedHubCa`, `jws.pinHubKey`). It is not taken; what was trusted stays, and payments go on as long as the hub uses that.',
    look: ['the reason: the fingerprint', '`./pm onboard`'],
    act: ['Ask the hub’s operator by another way. Only if it is theirs: `./pm keys accept FINGERPRINT`.'],
  },
  CALLER_IS_NOT_THE_HUB: {
    kind: 'once',
    means:
      'Somebody with a certificate that a trusted CA vouches for called the API of the hub, and is not the hub; the connection was closed. If it was the hub, payments to our customers do not arrive.',
    look: ['the reason: the names in the certificate', '`pm_inbound_connections_refused_total`: whether it grows'],
    act: ['If it is the hub, add the name to `inbound.tls.hubNames`. Else ask the hub’s operator who has that certificate.'],
  },
  ARTEFACT_FAILING: {
    kind: 'stands',
    means:
      'Something has not been had from the Connection Manager for a quarter of an hour. Payments go on with what is there; a renewal or a new peer’s key does not arrive. It ends when it is had.',
    look: ['`./pm onboard`: what it says of the artefact', '`./pm doctor`: whether the Connection Manager answers'],
    act: [
      'What the condition says; each code of it: [errors.md](../errors.md#the-connection-to-the-scheme). Look for a certificate that ends soon: `./pm cert list`.',
    ],
  },
  FOREIGN_KEY_SEEN: {
    kind: 'stands',
    means:
      'While our JWS key was in use, the scheme’s list held one under our name that is not ours. Ours was published again. Who has the other key could sign in our name as long as peers had it.',
    look: ['`./pm onboard`: the artefact `DFSP_JWS`', '`./pm keys list`: which key is ours'],
    act: [
      'Find out who published it: an old installation that still runs, or somebody who wants to sign for us. Tell the hub’s operator at once.',
    ],
  },
  HUB_KEY_CHANGED: {
    kind: 'stands',
    means:
      'Long before the end of the hub’s client certificate another key asked our CA for one, and got it: who has that key may call us as the hub. The key before it is let in as well. It is told for a week.',
    look: ['the reason: the key', '`./pm onboard`: the artefact `HUB_CLIENT_CERT`', '`./pm keys list`'],
    act: [
      'Ask the hub’s operator by another way whether it is the hub’s key. If not: `./pm keys compromised KEY`, and tell the operator of the Connection Manager.',
    ],
  },
  SIGNING_LIMITED: {
    kind: 'stands',
    means:
      'A request of the hub for a client certificate is not signed yet: ten were within a day, or one for another new key. Payments go on with the one before. It is signed when that day is over.',
    look: ['`./pm onboard`: the artefact `HUB_CLIENT_CERT`'],
    act: [
      'Ask the hub’s operator why there are so many. If they are right, have the newest signed at once, on the machine of the process that keeps us connected, as the product’s user:\n\n```\ncurl -X POST -H "Authorization: Bearer $(cat DATAFOLDER/operations.token)" -H "content-type: application/json" -d \'{"artefact":"HUB_CLIENT_CERT","by":"YOUR NAME"}\' http://127.0.0.1:4004/connection/renew\n```\n\nWhere `operations.host` is no loopback address nobody may, and it is signed when that day is over.',
    ],
  },
  PEER_KEYS_MISSING: {
    kind: 'stands',
    means:
      'Keys of some peers are missing, cannot be read, weak, or marked invalid: their signatures cannot be verified, so payments with these peers fail. Others go on.',
    look: ['the reason: which peers', '`./pm keys list`'],
    act: [
      'Tell these peers, or the hub’s operator. A key that came by hand: `./pm import peer-jws FILE --peer FSPID`; where keys are files, put `FSPID.pem` into `jws.peerKeysFolder`.',
    ],
  },
  SERVED_CERTIFICATE_WRONG: {
    kind: 'stands',
    means:
      'A look at what is really served each minute: our address, a proxy’s before us, or the hub’s presents no certificate, another than the one in use, one that is not trusted, or one that has ended. The other side refuses connections, or somebody stands between.',
    look: ['the reason: which address, what was seen', '`./pm doctor`: which certificate was seen where'],
    act: [
      'A proxy with an old certificate: reload it ([onboarding.md](../onboarding.md#4-behind-a-proxy-that-ends-tls)). The hub’s: tell its operator. Nothing of ours stands there: treat it as an attack.',
    ],
  },
  VAULT_ELSEWHERE: {
    kind: 'stands',
    means:
      'The journal is in PostgreSQL, the vault in files, and a replica on another machine has another vault: it would sign with other keys, which peers refuse. It ends when all use one.',
    look: ['the reason: on which machine', '`./pm keys list` on both'],
    act: [
      'Stop the replica that is wrong. Then `vault.store` postgres or hashicorp for all, or a copy of the right vault: `./pm backup --vault FILE` there, `./pm restore --vault FILE` here ([replicas.md](../replicas.md#2-what-all-replicas-share)).',
    ],
  },
} as const satisfies AlarmEntries;
