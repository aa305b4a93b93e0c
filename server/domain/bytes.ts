/** `512 B`, `1.5 KiB`, `23.5 GiB`. */
export function formatBytes(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const amount = bytes / 1024 ** power;
  return `${power === 0 ? amount : amount.toFixed(1)} ${units[power]}`;
}

const sizePattern = /^(\d{1,9}(?:\.\d{1,3})?) ?([KMGT])i?B$/;

/** Bytes of a written size such as `512MB` or `1.5 GiB`; a unit is 1024 of the one before it. Null where it is none. */
export function parseBytes(text: string): number | null {
  const match = sizePattern.exec(text.trim());
  if (match === null) return null;
  return Math.round(Number(match[1]) * 1024 ** ("KMGT".indexOf(match[2] ?? "") + 1));
}
