/** Where public things are found, whole: who reads a feed is elsewhere. */
export interface Narrowing {
  service?: string | undefined;
  environment?: string | undefined;
  kind?: string | undefined;
}

export function feedPageUrl(portalUrl: string, { service, ...rest }: Narrowing = {}): string {
  const path = service === undefined ? "/feed" : `/feed/${encodeURIComponent(service)}`;
  return withQuery(`${portalUrl}${path}`, rest);
}

export function feedFileUrl(portalUrl: string, format: string, narrowing: Narrowing): string {
  return withQuery(`${portalUrl}/api/feed.${format}`, { ...narrowing });
}

export function itemUrl(portalUrl: string, id: string): string {
  return `${portalUrl}/feed/item/${id}`;
}

export function pictureUrl(portalUrl: string, id: string): string {
  return `${portalUrl}/api/note-pictures/${id}`;
}

function withQuery(url: string, query: Record<string, string | undefined>): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return given.length === 0 ? url : `${url}?${new URLSearchParams(given)}`;
}
