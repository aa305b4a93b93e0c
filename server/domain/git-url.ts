/** Which repository addresses are taken: an allow-list of schemes, since Git itself would run commands. */

export type GitUrl =
  | { kind: "https"; url: string }
  | { kind: "ssh"; url: string }
  | { kind: "local"; path: string };

export type GitUrlResult = { ok: true; value: GitUrl } | { ok: false; problem: string };

const scpLike = /^(?:[a-z0-9._-]+@)?[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?:(?!\/\/)[^\s:][^\s]*$/i;
const hostName = /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$|^\[[0-9a-f:.]+\]$/i;

/** Sorts an address as typed; `problem` says what to type instead. Nothing is contacted. */
export function parseGitUrl(typed: string): GitUrlResult {
  const text = typed.trim();
  if (text === "") return refuse("A repository address is needed.");
  if (text.length > 2_000) return refuse("The address is longer than 2,000 characters.");
  if (/[\p{Cc}\p{Cf}]/u.test(text)) return refuse("The address has control characters in it.");
  if (text.startsWith("-")) return refuse("An address cannot begin with a dash.");
  if (/^[a-z0-9+.-]+::/i.test(text)) return refuse("Remote helpers (`scheme::address`) are not taken.");
  if (text.startsWith("/")) return { ok: true, value: { kind: "local", path: text } };
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return parseWithScheme(text);
  if (scpLike.test(text)) return parseScpLike(text);
  return refuse("Use https://host/path, ssh://user@host/path, user@host:path, or an absolute local path.");
}

function parseWithScheme(text: string): GitUrlResult {
  if (!URL.canParse(text)) return refuse("This is not a complete address.");
  const url = new URL(text);
  if (url.protocol !== "https:" && url.protocol !== "ssh:") {
    return refuse(`${url.protocol.slice(0, -1)} is not taken: use https or ssh.`);
  }
  if (!hostName.test(url.hostname)) return refuse("The host name is not one.");
  if (url.username.startsWith("-")) return refuse("A user name cannot begin with a dash.");
  if (url.password !== "" || (url.protocol === "https:" && url.username !== "")) {
    return refuse("Leave user name and password out of the address: it is shown to everyone.");
  }
  if (url.pathname === "/" || url.pathname === "") return refuse("The address lacks the repository's path.");
  const kind = url.protocol === "https:" ? "https" : "ssh";
  return { ok: true, value: { kind, url: inLowerCase(text, /^([^:]+:\/\/)((?:[^/?#\\]*@)?)([^/?#\\]*)/) } };
}

function parseScpLike(text: string): GitUrlResult {
  const path = text.slice(text.indexOf(":") + 1);
  if (text.includes("@-") || path.startsWith("-")) return refuse("A path cannot begin with a dash.");
  return { ok: true, value: { kind: "ssh", url: inLowerCase(text, /^()((?:[^@:]*@)?)([^:]*)/) } };
}

/** Scheme and host mean the same in any case, but Git knows only lower-case schemes. The user's name stays as it is. */
function inLowerCase(text: string, start: RegExp): string {
  return text.replace(start, (_, scheme: string, user: string, host: string) => {
    return scheme.toLowerCase() + user + host.toLowerCase();
  });
}

export interface GitHost {
  /** Without brackets. */
  name: string;
  port: number | null;
}

/** Where an address leads; null for a local path. */
export function gitHost(address: GitUrl): GitHost | null {
  if (address.kind === "local") return null;
  if (!address.url.includes("://")) {
    const [, name = ""] = /^(?:[^@:]*@)?([^:]*):/.exec(address.url) ?? [];
    return { name, port: null };
  }
  const { hostname, port } = new URL(address.url);
  return { name: hostname.replace(/^\[|\]$/g, ""), port: port === "" ? null : Number(port) };
}

/** The name of an ssh server in a known_hosts file. */
export function knownHostName({ name, port }: GitHost): string {
  return port === null || port === 22 ? name : `[${name}]:${port}`;
}

/** A line of known_hosts: the server's name and one of its keys. */
export function knownHostLine(host: string, key: string): string {
  return `${host} ${key}`;
}

function refuse(problem: string): GitUrlResult {
  return { ok: false, problem };
}

const sha = /^[0-9a-f]{40}$/;
const refName = /^(?!.*(?:\.\.|@\{|\/\/|\.lock(?:\/|$)))[A-Za-z0-9_][A-Za-z0-9_./+@-]{0,199}$/;

export function isSha(text: string): boolean {
  return sha.test(text);
}

/** Whether a text may be handed to Git as a branch, tag or commit: no dashes first, nothing Git expands. */
export function isRefName(text: string): boolean {
  return refName.test(text) && !text.endsWith("/") && !text.endsWith(".");
}
