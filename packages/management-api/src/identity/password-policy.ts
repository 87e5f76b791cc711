export const PASSWORD_MIN = 12;
export const PASSWORD_MAX = 128;

/** Why a password is not taken, in words that say what would be; undefined: it is taken. */
export function refusedPassword(password: string, userName: string, common: ReadonlySet<string>): string | undefined {
  const text = normalised(password);
  const length = [...text].length;
  if (length < PASSWORD_MIN) return `It has ${length} characters; it must have at least ${PASSWORD_MIN}.`;
  if (length > PASSWORD_MAX) return `It must have at most ${PASSWORD_MAX} characters.`;
  const small = text.toLowerCase();
  if (new Set(small).size < 5) return 'It has fewer than five different characters.';
  if (userName.length >= 4 && small.includes(userName.split('@')[0] ?? userName)) return 'It has the user’s name in it.';
  if (partsOf(small).some((part) => common.has(part)))
    return 'It is one of the passwords that everybody tries, or one of them with something added.';
  return undefined;
}

/** As it is hashed: the same text, however it was typed. No character is cut off or changed otherwise. */
export function normalised(password: string): string {
  return password.normalize('NFC');
}

/** The whole, and what is left of it without digits and signs before and behind, where that is most of it. */
function partsOf(small: string): readonly string[] {
  const bare = small.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '');
  return bare.length >= 4 && bare.length * 2 >= small.length - 4 ? [small, bare] : [small];
}
