let loaded: Promise<ReadonlySet<string>> | undefined;

/** About 50,000 passwords that everybody tries, in small letters. Loaded when somebody sets one; nothing is asked of the network. */
export function commonPasswords(): Promise<ReadonlySet<string>> {
  loaded ??= import('@zxcvbn-ts/language-common').then(({ dictionary }) => new Set(dictionary['passwords-common']));
  return loaded;
}
