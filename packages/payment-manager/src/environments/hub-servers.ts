import type { Config } from '../config/schema.ts';

/** A URL of each server of the hub, once. */
export function hubServers({ hub }: Config): readonly string[] {
  const urls = [hub.baseUrl, hub.partiesUrl, hub.participantsUrl, hub.quotesUrl, hub.transfersUrl].filter((url) => url !== undefined);
  return [...new Map(urls.map((url) => [new URL(url).origin, url])).values()];
}
