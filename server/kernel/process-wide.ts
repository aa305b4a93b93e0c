/**
 * What must exist once per process (connection pools, listeners). Next's bundle and the bare server are two module
 * graphs in one process, so module scope would give two of each: `globalThis` is what both see.
 */
const store = globalThis as typeof globalThis & { anytimeProcessWide?: Map<string, unknown> };

export function processWide<T>(key: string, create: () => T): T {
  store.anytimeProcessWide ??= new Map();
  const known = store.anytimeProcessWide.get(key);
  if (known !== undefined) return known as T;
  const created = create();
  store.anytimeProcessWide.set(key, created);
  return created;
}
