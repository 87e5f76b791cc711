const HERE = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Is it this machine, as the host of a URL is written? To any other, nothing goes without TLS. */
export function isOnThisMachine(hostname: string): boolean {
  return HERE.test(hostname);
}
