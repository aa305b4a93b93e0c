import type { StackFrame } from "./error-sighting.ts";

/** The innermost own frames say what failed; who called them from farther out does not change the cause. */
const framesThatCount = 3;
const mostOfMessage = 300;

export interface RaisedError {
  type: string;
  message: string;
  frames: readonly StackFrame[];
}

/**
 * The same 16 hexadecimal digits for errors of one cause: of one type in the same functions of the service's own files, whatever
 * line they stand in by now. Where no own frame is known, of one type and one wording.
 */
export function errorFingerprint({ type, message, frames }: RaisedError): string {
  const own: string[] = [];
  for (const frame of frames) {
    const place = frame.isOwn ? placeOf(frame) : "";
    // A function that calls itself is one place, however deep it was.
    if (place !== "" && !own.includes(place)) own.push(place);
    if (own.length === framesThatCount) break;
  }
  const cause = own.length > 0 ? own : [messageTemplate(message)];
  return digest([type, ...cause].join("\0"));
}

/** Names that a compiler numbers, and files that bear a digest, are the same in the next release. */
function placeOf({ file, function: name }: StackFrame): string {
  const stableName = (name ?? "").replaceAll(/\d+/g, "0");
  return `${stableFile(file)} ${stableName}`;
}

function stableFile(file: string): string {
  return file.replaceAll(/[.-](?=[0-9A-Za-z_]*\d)[0-9A-Za-z_]{6,40}(?=\.[a-z]+$)/g, "");
}

/** A message without what differs from one time to the next: “No order 81” as “No order <n>”. */
export function messageTemplate(message: string): string {
  return message
    .slice(0, mostOfMessage)
    .replaceAll(/"[^"\n]{0,300}"|'[^'\n]{0,300}'(?!\w)|`[^`\n]{0,300}`|“[^”\n]{0,300}”/g, "<text>")
    .replaceAll(/[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/gi, "<id>")
    .replaceAll(
      /(?<![0-9A-Za-z])(?:0x[0-9a-f]+|(?=[0-9a-f]{0,300}\d)[0-9a-f]{6,300})(?![0-9A-Za-z])/gi,
      "<id>",
    )
    .replaceAll(/(?<![A-Za-z])[A-Za-z]{1,12}_(?=[A-Za-z0-9]{0,40}\d)[A-Za-z0-9]{6,40}/g, "<id>")
    .replaceAll(/\d+(?:[.,:]\d+)*/g, "<n>")
    .replaceAll(/\s+/g, " ")
    .trim();
}

/** Two FNV-1a hashes of 32 bits, from different beginnings, each mixed once more at the end. */
function digest(text: string): string {
  let [one, other] = [0x811c9dc5, 0x9747b28c];
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    one = Math.imul(one ^ unit, 0x01000193);
    other = Math.imul(other ^ unit, 0x5bd1e995) ^ (one >>> 15);
  }
  return [one, other].map((half) => (mixed(half) >>> 0).toString(16).padStart(8, "0")).join("");
}

function mixed(hash: number): number {
  const first = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  const second = Math.imul(first ^ (first >>> 13), 0xc2b2ae35);
  return second ^ (second >>> 16);
}
