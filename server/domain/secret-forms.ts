/** A shorter value is not masked: it stands in half of all words, and its gaps would tell it. */
export const shortestSecretBytes = 4;
/** A line of a secret of several lines is masked by itself, too, from this length on. */
const shortestLineBytes = 8;

const encoder = new TextEncoder();
const standardAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/** What encodeURIComponent, RFC 3986 and HTML forms each leave as it is. */
const unescaped = [/[A-Za-z0-9\-_.~!*'()]/, /[A-Za-z0-9\-_.~]/, /[A-Za-z0-9\-_.*]/];

/**
 * Every form in which a secret is looked for: as it is, in base64 at each place within other bytes, URL-encoded,
 * as a JSON string, in hexadecimal. All without line breaks, since those are passed over in what is looked through.
 */
export function secretForms(secret: string): Uint8Array[] {
  if (encoder.encode(secret).length < shortestSecretBytes) return [];
  const lines = secret.split(/\r\n?|\n/);
  const versions = new Set([secret, lines.join("\n"), lines.join("\r\n")]);
  const forms = [...versions].flatMap(formsOf);
  if (lines.length > 1) forms.push(...lines.map((line) => line.trim()).filter(isTelling));
  const distinct = new Set(forms.map((form) => form.replaceAll(/[\r\n]/g, "")));
  return [...distinct]
    .map((form) => encoder.encode(form))
    .filter((form) => form.length >= shortestSecretBytes);
}

/** The frame of a key in PEM is no secret. */
function isTelling(line: string): boolean {
  return encoder.encode(line).length >= shortestLineBytes && !line.startsWith("-----");
}

function formsOf(text: string): string[] {
  const bytes = encoder.encode(text);
  const hexadecimal = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const base64 = base64Forms(bytes);
  return [
    text,
    hexadecimal,
    hexadecimal.toUpperCase(),
    ...base64,
    ...base64.map((form) => form.replaceAll("+", "-").replaceAll("/", "_")),
    ...urlForms(bytes),
    ...jsonForms(text),
  ];
}

/** What of the encoding follows from the bytes alone, for each count of bytes that may stand before them. */
function base64Forms(bytes: Uint8Array): string[] {
  const within = [0, 1, 2].map((before) => {
    const whole = base64Of(new Uint8Array([...new Uint8Array(before), ...bytes]));
    return whole.certain.slice(before === 0 ? 0 : before + 1);
  });
  const { certain, rest } = base64Of(bytes);
  return [certain + rest, ...within];
}

/** `rest` is the last character and the padding, where the bytes do not fill them. */
function base64Of(bytes: Uint8Array): { certain: string; rest: string } {
  let certain = "";
  let [bits, count] = [0, 0];
  for (const byte of bytes) {
    bits = ((bits << 8) | byte) & 0xffff;
    count += 8;
    for (; count >= 6; count -= 6) certain += standardAlphabet[(bits >> (count - 6)) & 63];
  }
  if (count === 0) return { certain, rest: "" };
  return { certain, rest: standardAlphabet[(bits << (6 - count)) & 63] + "=".repeat(count === 2 ? 2 : 1) };
}

function urlForms(bytes: Uint8Array): string[] {
  return unescaped.flatMap((safe) => {
    const upper = [...bytes].map((byte) => urlCharacter(byte, safe)).join("");
    const lower = upper.replaceAll(/%../g, (found) => found.toLowerCase());
    return [upper, lower].flatMap((form) => [form, form.replaceAll("%20", "+")]);
  });
}

function urlCharacter(byte: number, safe: RegExp): string {
  const character = String.fromCharCode(byte);
  return safe.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
}

/** As most languages write it, and as those do that escape slashes, signs of HTML, or all that is not ASCII. */
function jsonForms(text: string): string[] {
  const plain = JSON.stringify(text).slice(1, -1);
  const variants = [plain, plain.replaceAll("/", "\\/"), plain.replaceAll(/[<>&]/g, unicodeEscape)];
  return variants.flatMap((variant) => {
    const ascii = variant.replaceAll(/[\u007f-\uffff]/g, unicodeEscape);
    return [
      variant,
      ascii,
      ascii.replaceAll(/\\u[0-9a-f]{4}/g, (found) => `\\u${found.slice(2).toUpperCase()}`),
    ];
  });
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
