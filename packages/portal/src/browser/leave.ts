/** Leaves the portal for an address that our own server gave: the provider of single sign-on. Anything but a web address leads nowhere. */
export function leaveFor(address: string): void {
  if (/^https?:\/\//.test(address)) location.assign(address);
}
