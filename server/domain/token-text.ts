/** What a token looks like, so that people, secret scanners and the portal itself know one when they see it. */

export const tokenPrefix = "anytime_";
/** 32 random bytes in base62. */
export const tokenSecretLength = 43;
/** CRC-32 of prefix and secret in base62: tells a token from a typing error without asking the database. */
export const tokenChecksumLength = 6;
/** What is kept and shown to tell tokens apart: the prefix and four characters. */
export const tokenStartLength = tokenPrefix.length + 4;

/** Any longer piece of a token counts: what was cut off is still most of a secret. */
const piece = /anytime_[0-9a-z]{20,}/i;
const mostLayers = 5;

/** Whether there is a token in this URL, however often it was percent-encoded. */
export function holdsToken(url: string): boolean {
  let text = url;
  for (let layer = 0; layer < mostLayers; layer += 1) {
    if (piece.test(text)) return true;
    const decoded = decodeLeniently(text);
    if (decoded === text) return false;
    text = decoded;
  }
  return piece.test(text);
}

/** Unlike decodeURIComponent it takes malformed text, too: that is for others to refuse. */
function decodeLeniently(text: string): string {
  return text.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
