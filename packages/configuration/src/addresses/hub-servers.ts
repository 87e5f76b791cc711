import type { Config } from '../schema.ts';

/** Every base URL under which the hub is called, as configured. */
export function hubBaseUrls({ hub }: Config): readonly string[] {
  return [hub.baseUrl, hub.partiesUrl, hub.participantsUrl, hub.quotesUrl, hub.transfersUrl].filter((url) => url !== undefined);
}

/** A URL of each server of the hub, once. */
export function hubServers(config: Config): readonly string[] {
  return [...new Map(hubBaseUrls(config).map((url) => [new URL(url).origin, url])).values()];
}
