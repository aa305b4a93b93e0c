import { BytePatterns } from "./byte-patterns.ts";
import { secretForms, shortestSecretBytes } from "./secret-forms.ts";

/** Masks the secrets that it was made of in any number of outputs. Making it costs milliseconds: make it once. */
export interface Mask {
  open(): MaskedOutput;
}

/** One output, in pieces that are cut anywhere. Nothing is handed out before it is certain that it is no secret. */
export interface MaskedOutput {
  push(chunk: Uint8Array): Uint8Array;
  /**
   * For an output that pauses: hands out what is held back, unless at least four bytes of it are how a secret begins. So
   * a line need not wait for the next one; of a secret that is printed with a pause three bytes can show at most.
   */
  settle(): Uint8Array;
  /** What is still held back: there comes no more. */
  end(): Uint8Array;
}

const stars = new TextEncoder().encode("***");
const nothing = new Uint8Array(0);
const lineFeed = 10;
const carriageReturn = 13;

/**
 * Looks for each secret in all its forms, and across line breaks, however the lines are cut. Each run of masked bytes
 * becomes three stars, line breaks in it stay. Secrets of fewer than four bytes are not masked.
 */
export function maskSecrets(secrets: readonly string[]): Mask {
  const forms = new Map(secrets.flatMap(secretForms).map((form) => [form.join(), form]));
  if (forms.size === 0)
    return { open: () => ({ push: (chunk) => chunk, settle: () => nothing, end: () => nothing }) };
  const patterns = new BytePatterns([...forms.values()]);
  return { open: () => new Masking(patterns) };
}

interface Match {
  /** In the bytes that are held. */
  from: number;
  to: number;
  /** The same without line breaks, in the whole output. */
  fromCount: number;
  toCount: number;
}

class Masking implements MaskedOutput {
  readonly #patterns: BytePatterns;
  #state = 0;
  #held: Uint8Array = nothing;
  #place: Uint8Array = nothing;
  #matches: Match[] = [];
  /** Bytes so far, without line breaks. */
  #count = 0;
  /** The run of masked bytes that the last piece ended in goes on. */
  #isInRun = false;

  constructor(patterns: BytePatterns) {
    this.#patterns = patterns;
  }

  push(chunk: Uint8Array): Uint8Array {
    const bytes = this.#held.length === 0 ? chunk : this.#after(this.#held, chunk);
    this.#scan(bytes, this.#held.length);
    return this.#handOut(bytes, startOf(bytes, bytes.length, this.#heldDepth()));
  }

  /** In a place that is used again: what is handed out of it is a copy. */
  #after(held: Uint8Array, chunk: Uint8Array): Uint8Array {
    const length = held.length + chunk.length;
    if (this.#place.length < length) this.#place = new Uint8Array(length * 2);
    this.#place.set(held);
    this.#place.set(chunk, held.length);
    return this.#place.subarray(0, length);
  }

  settle(): Uint8Array {
    const undecided = this.#patterns.undecided[this.#state] as number;
    return undecided < shortestSecretBytes ? this.#handOut(this.#held, this.#held.length) : nothing;
  }

  end(): Uint8Array {
    this.#state = 0;
    return this.#handOut(this.#held, this.#held.length);
  }

  #heldDepth(): number {
    return this.#patterns.depth[this.#state] as number;
  }

  #scan(bytes: Uint8Array, from: number): void {
    const { starts, longest } = this.#patterns;
    const last = bytes.length - 1;
    let state = this.#state;
    let count = this.#count;
    for (let at = from; at <= last; at += 1) {
      if (state === 0) {
        const passedFrom = at;
        while (at < last && starts[((bytes[at] as number) << 8) | (bytes[at + 1] as number)] === 0) at += 1;
        count += at - passedFrom;
      }
      const byte = bytes[at] as number;
      if (byte === lineFeed || byte === carriageReturn) continue;
      count += 1;
      state = this.#patterns.step(state, byte);
      const length = longest[state] as number;
      if (length > 0) this.#found(bytes, at + 1, count, length);
    }
    this.#state = state;
    this.#count = count;
  }

  #found(bytes: Uint8Array, to: number, toCount: number, length: number): void {
    const fromCount = toCount - length;
    let last = this.#matches.at(-1);
    if (last !== undefined && fromCount >= last.fromCount && fromCount <= last.toCount) {
      last.to = to;
      last.toCount = toCount;
      return;
    }
    for (; last !== undefined && last.fromCount >= fromCount; last = this.#matches.at(-1))
      this.#matches.pop();
    if (last !== undefined && fromCount <= last.toCount) Object.assign(last, { to, toCount });
    else this.#matches.push({ from: startOf(bytes, to, length), to, fromCount, toCount });
  }

  /** The bytes before `end`, masked; the rest is held. */
  #handOut(bytes: Uint8Array, end: number): Uint8Array {
    this.#held = bytes.slice(end);
    if (this.#matches.length === 0) {
      this.#isInRun &&= end === 0;
      return bytes.buffer === this.#place.buffer ? bytes.slice(0, end) : bytes.subarray(0, end);
    }
    const parts: Uint8Array[] = [];
    const cut: Match[] = [];
    let at = 0;
    for (const match of this.#matches) {
      const [from, to] = [Math.min(match.from, end), Math.min(match.to, end)];
      if (from > at) {
        parts.push(bytes.subarray(at, from));
        this.#isInRun = false;
      }
      parts.push(...this.#starsFor(bytes.subarray(Math.max(at, from), to)));
      if (to > at) at = to;
      if (match.to > end) cut.push({ ...match, from: Math.max(0, match.from - end), to: match.to - end });
      else this.#isInRun = false;
    }
    this.#matches = cut;
    if (end > at) {
      parts.push(bytes.subarray(at, end));
      this.#isInRun = false;
    }
    return joined(parts);
  }

  #starsFor(masked: Uint8Array): Uint8Array[] {
    const parts: Uint8Array[] = [];
    for (const [at, byte] of masked.entries()) {
      const isBreak = byte === lineFeed || byte === carriageReturn;
      if (isBreak) parts.push(masked.subarray(at, at + 1));
      else if (!this.#isInRun) parts.push(stars);
      this.#isInRun = !isBreak;
    }
    return parts;
  }
}

/** Where the last `count` bytes before `end` begin, line breaks not counted. */
function startOf(bytes: Uint8Array, end: number, count: number): number {
  let from = end;
  for (let left = count; left > 0 && from > 0; ) {
    from -= 1;
    if (bytes[from] !== lineFeed && bytes[from] !== carriageReturn) left -= 1;
  }
  return from;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
