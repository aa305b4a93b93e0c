/** Words for moments: `23 Nov, 08:41 CET` and `3 min ago`. */

/** The year is left out in the year of `nowMs`. `timeZone` undefined means the reader's own. */
export function absoluteTime(at: Date, nowMs: number, timeZone?: string): string {
  const isThisYear = at.getUTCFullYear() === new Date(nowMs).getUTCFullYear();
  return new Intl.DateTimeFormat("en-GB", {
    day: "numeric",
    month: "short",
    year: isThisYear ? undefined : "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZone,
    timeZoneName: "short",
  }).format(at);
}

/** With seconds, for a tooltip or a proof. */
export function exactTime(at: Date, timeZone?: string): string {
  return new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeStyle: "long", timeZone }).format(at);
}

export function relativeTime(at: Date, nowMs: number): string {
  const seconds = Math.round((nowMs - at.getTime()) / 1_000);
  if (Math.abs(seconds) < 5) return "just now";
  const amount = spanInWords(Math.abs(seconds));
  return seconds > 0 ? `${amount} ago` : `in ${amount}`;
}

function spanInWords(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h`;
  const days = Math.floor(hours / 24);
  if (days < 30) return `${days} d`;
  return days < 365 ? `${Math.floor(days / 30)} mo` : `${Math.floor(days / 365)} y`;
}

/** `14:05`, `Tuesday` within the last six days, else `3 Nov`: to follow "since". */
export function sinceText(at: Date, nowMs: number, timeZone?: string): string {
  const format = (options: Intl.DateTimeFormatOptions, moment: Date | number) =>
    new Intl.DateTimeFormat("en-GB", { ...options, timeZone }).format(moment);
  const day = { day: "numeric", month: "short", year: "numeric" } as const;
  if (format(day, at) === format(day, nowMs)) return format({ hour: "2-digit", minute: "2-digit" }, at);
  if (nowMs - at.getTime() < 6 * 86_400_000) return format({ weekday: "long" }, at);
  const isThisYear = at.getUTCFullYear() === new Date(nowMs).getUTCFullYear();
  return format(isThisYear ? { day: "numeric", month: "short" } : day, at);
}
