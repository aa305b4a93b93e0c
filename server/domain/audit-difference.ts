export interface DifferenceLine {
  /** Dotted: `typedSettings.release.start`. */
  key: string;
  /** Null where there was nothing, or is nothing any more. */
  before: string | null;
  after: string | null;
}

/** What an audited change did, value by value: first what it touched in the order recorded, equal values left out. */
export function auditDifference(before: unknown, after: unknown): DifferenceLine[] {
  const old = flatten(before);
  const next = flatten(after);
  const keys = [...new Set([...old.keys(), ...next.keys()])];
  return keys
    .map((key) => ({ key, before: old.get(key) ?? null, after: next.get(key) ?? null }))
    .filter((line) => line.before !== line.after);
}

function flatten(value: unknown): Map<string, string> {
  const flat = new Map<string, string>();
  if (value !== undefined) add(flat, "", value);
  return flat;
}

/** Null is as good as nothing to whoever reads it. */
function add(flat: Map<string, string>, path: string, value: unknown): void {
  if (value === null) return;
  if (typeof value !== "object") {
    flat.set(path, typeof value === "string" && value !== "" ? value : JSON.stringify(value));
    return;
  }
  const entries = Object.entries(value);
  if (entries.length === 0 && path !== "") flat.set(path, JSON.stringify(value));
  for (const [key, inner] of entries) add(flat, path === "" ? key : `${path}.${key}`, inner);
}
