/** What is said between the product and the process that has the PKCS #11 module. Never a private key; the PIN once, at the start. */
export type ToModule =
  | { readonly kind: 'open'; readonly module: string; readonly token: string; readonly pin: string }
  | (ModuleOrder & { readonly call: number });

export type ModuleOrder =
  | { readonly kind: 'generate'; readonly bits: number; readonly id: Uint8Array; readonly label: string }
  | { readonly kind: 'sign'; readonly id: Uint8Array; readonly digestInfo: Uint8Array }
  | { readonly kind: 'destroy'; readonly id: Uint8Array };

export type FromModule =
  | { readonly kind: 'opened' }
  /** `pinRefused`: trying the same PIN again may lock the token. */
  | { readonly kind: 'not-opened'; readonly reason: string; readonly pinRefused: boolean }
  | { readonly kind: 'done'; readonly call: number; readonly result: Pkcs11Result }
  | { readonly kind: 'failed'; readonly call: number; readonly reason: string };

/** A made key, a signature, or nothing. */
export type Pkcs11Result = { readonly modulus: Uint8Array; readonly exponent: Uint8Array } | Uint8Array | undefined;
