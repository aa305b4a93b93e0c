/** What a service's telemetry may call a release by: its number, or its commit. */
export interface ReleaseName {
  number: number | null;
  /** Of a full SHA, or of seven characters or more that it begins with. */
  sha: string | null;
}

const numberPattern = /^(?:.{0,100}[@#]|v)?(\d{1,9})$/;
const shaPattern = /^(?:.{0,100}[@#])?([0-9a-f]{7,40})$/;

/** `42`, `#42`, `shop@42`, `v42` are numbers; `0a1b2c3` and `shop@0a1b2c3…` commits. Seven digits and more may be both. */
export function releaseName(version: string): ReleaseName {
  const number = numberPattern.exec(version)?.[1];
  const sha = shaPattern.exec(version)?.[1];
  return { number: number === undefined ? null : Number(number), sha: sha ?? null };
}
