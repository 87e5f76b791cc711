/** Where a sign-in leads: a page of ours, whatever the address said. */
export function localPath(next: string | undefined): string {
  if (next === undefined || !/^\/(?![/\\])/.test(next) || /^\/(?:sign-in|welcome)\b/.test(next)) return '/';
  // a browser reads over tabs and line ends: `/\t/elsewhere` would lead there
  return /[\p{Cc}\\]/u.test(next) ? '/' : next;
}
