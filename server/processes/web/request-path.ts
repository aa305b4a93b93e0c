/** The path that a request asks for, as sent and without its query; null where it is none: `*`, `//`, `http://[/`, `/%E0`. */
export function requestPath(target: string | undefined): string | null {
  if (target === undefined || !/^\/(?![/\\])/.test(target)) return null;
  const [path = ""] = target.split("?", 1);
  try {
    return decodeURIComponent(path).includes("\0") ? null : path;
  } catch {
    return null;
  }
}
