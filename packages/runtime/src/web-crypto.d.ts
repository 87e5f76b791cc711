/** The types of the WebCrypto globals, which the description of Node 24 has as values only. */
import type { webcrypto } from 'node:crypto';

declare global {
  interface Crypto extends webcrypto.Crypto {}
  interface CryptoKey extends webcrypto.CryptoKey {}
  interface CryptoKeyPair extends webcrypto.CryptoKeyPair {}
}
