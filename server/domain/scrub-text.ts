import { cutText } from "./cut-text.ts";

/**
 * Takes personal data and secrets out of what a service says, before anything of it is kept. Each pattern begins where a
 * word does and is bounded, so that it takes time in proportion to the text, whatever the text is.
 */

/** More is not looked at, since not more is kept. */
const mostLookedAt = 8_192;

type Replace = (found: string, ...groups: string[]) => string;

const secretName =
  "pass(?:word|wd|phrase)?|pwd|secret|token|api[_-]?key|apikey|access[_-]?key|private[_-]?key|client[_-]?secret|auth(?:orization)?|credentials?|cookie|set-cookie|session(?:[_-]?id)?|sid|pin|cvc|cvv|otp|ssn|iban";

const rules: readonly [pattern: RegExp, by: string | Replace][] = [
  [/-----BEGIN [A-Z ]{1,40}-----[^-]{0,8192}(?:-----END [A-Z ]{1,40}-----)?/g, "[key]"],
  [
    /(?<![a-z0-9+.-])([a-z][a-z0-9+.-]{1,20}:\/\/)([^\s"'<>`]{1,2048})/gi,
    (_, scheme, rest) => scheme + placeOf(rest),
  ],
  [/(?<![\w-])ey[JI][\w-]{4,4096}\.[\w-]{4,8192}(?:\.[\w-]{0,4096}){0,4}/g, "[token]"],
  [/(?<![\w-])(bearer|basic|digest|negotiate)\s{1,4}[\w.~+/=-]{6,8192}/gi, "$1 [token]"],
  [/(?<!\w)((?:set-)?cookie2?["']?\s{0,4}:\s{0,4})[^\n]{1,8192}/gi, "$1[removed]"],
  [
    new RegExp(
      `(?<![A-Za-z])((?:[A-Za-z]{1,20}[_-]){0,3}(?:${secretName})["']?(?:\\s{0,4}(?:=>|[=:])\\s{0,4}))("[^"\\n]{0,2048}"?|'[^'\\n]{0,2048}'?|[^\\s,;&"')}\\]]{1,2048})`,
      "gi",
    ),
    (_, name, value) => (value.startsWith("[") ? name + value : `${name}[removed]`),
  ],
  [
    /(?<![A-Za-z0-9])(?:sk|pk|rk|gh[a-z]|github_pat|glpat|xox[a-z]|npm|pypi|whsec|shp[a-z]{2}|hf|dop_v1|any)[_-][\w-]{12,512}/g,
    "[token]",
  ],
  [/(?<![A-Za-z0-9])(?:AKIA|ASIA|AIza|SG\.|ya29\.)[\w.-]{12,512}/g, "[token]"],
  [
    /(?<![\p{L}\p{N}_.%+-])[\p{L}\p{N}_.%+-]{1,256}(?:@|%40)(?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}{2,24}/gu,
    "[e-mail]",
  ],
  // A unique value that was refused, as PostgreSQL tells it.
  [/(?<=\bKey \([^()]{1,200}\)=)\([^()]{0,500}\)/g, "([removed])"],
  [/(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?!\.?\d)/g, "[address]"],
  [/(?<![\w:.])[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,8}(?![\w:])/gi, addressOrTime],
  [/(?<![\w-])[\w-]{32,2048}=?=?/g, tokenOrWord],
  [
    /(?<![\w-])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![\w-])|(?<![\p{L}\d_])\+?\d[\d ()/.-]{6,40}\d(?!\d)|\d{9,64}/giu,
    numberOrId,
  ],
  [/(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?(?![A-Za-z0-9])/g, "[number]"],
];

/** At most `most` UTF-16 units, in which no address, number of somebody or secret is left that one can tell by its form. */
export function scrubText(text: string, most = 1_000): string {
  let scrubbed = text.slice(0, mostLookedAt).replaceAll("\0", "").toWellFormed();
  for (const [pattern, by] of rules) {
    scrubbed = typeof by === "string" ? scrubbed.replace(pattern, by) : scrubbed.replace(pattern, by);
  }
  return cutText(scrubbed, most);
}

/** Host and path of an address; who it is opened as, and what it is asked, go. */
function placeOf(rest: string): string {
  const end = rest.search(/[/?#]/);
  const host = end === -1 ? rest : rest.slice(0, end);
  const path = end === -1 ? "" : rest.slice(end);
  const query = path.search(/[?#]/);
  const kept = query === -1 ? path : `${path.slice(0, query)}?…`;
  return host.slice(host.lastIndexOf("@") + 1) + kept;
}

/** `12:34:56` is a time and `std::` a namespace; an address of IPv6 has eight groups, or a gap. */
function addressOrTime(found: string): string {
  const isAddress = /\d/.test(found) && (found.includes("::") || found.split(":").length === 8);
  return isAddress ? "[address]" : found;
}

/** Cards, accounts, telephones: nine digits and more. A UUID names a thing, and a date a day. */
function numberOrId(found: string): string {
  if (/^[0-9a-f]{8}-/i.test(found) && found.length === 36 && found.split("-").length === 5) return found;
  const digits = found.replaceAll(/\D/g, "");
  if (/^\d{4}-\d{2}-\d{2}/.test(found) && digits.length <= 14) return found;
  const isPlain = digits === found;
  if (found.startsWith("+") || (isPlain && digits.length >= 9) || isCard(digits)) return "[number]";
  return /^\d{3}-\d{2}-\d{4}$/.test(found) || (/^\(?0/.test(found) && digits.length >= 9)
    ? "[number]"
    : found;
}

/** By the check digit of ISO/IEC 7812 (Luhn). */
export function isCard(digits: string): boolean {
  if (digits.length < 13 || digits.length > 19) return false;
  let sum = 0;
  for (let at = 0; at < digits.length; at += 1) {
    const digit = Number(digits[digits.length - 1 - at]);
    const doubled = at % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** Letters of both cases with digits among them, or nothing but hexadecimal digits: made by a machine. */
function tokenOrWord(found: string): string {
  const isMixed = /[a-z]/.test(found) && /[A-Z]/.test(found) && /\d.*\d/.test(found);
  return isMixed || /^[0-9a-f]+$/i.test(found) ? "[token]" : found;
}
