import type { Mask } from "#server/domain/mask-secrets.ts";
import { LineSplitter, type Lines } from "./line-splitter.ts";

/** Raw output on its way to where it is kept: secrets masked, then cut into lines. */
export class MaskedLines {
  readonly #mask: Mask;
  readonly #output;
  readonly #splitter = new LineSplitter();

  constructor(mask: Mask) {
    this.#mask = mask;
    this.#output = mask.open();
  }

  push(chunk: Uint8Array): Lines {
    return this.#splitter.push(this.#output.push(chunk));
  }

  /** For an output that pauses: a line that is over need not wait for the next one. */
  settle(): Lines {
    return this.#splitter.push(this.#output.settle());
  }

  /** What is left, a last line without line feed included. */
  end(): Lines[] {
    return [this.#splitter.push(this.#output.end()), this.#splitter.end()];
  }

  /** Lines that stand by themselves: text of the portal's own, which may quote a secret. */
  own(text: string): Lines {
    const output = this.#mask.open();
    const splitter = new LineSplitter();
    const bytes = Buffer.from(`${text}\n`);
    return splitter.push(Buffer.concat([output.push(bytes), output.end()]));
  }
}

/** A text that stands by itself, such as an error's message. */
export function maskText(mask: Mask, text: string): string {
  const output = mask.open();
  return Buffer.concat([output.push(Buffer.from(text)), output.end()]).toString();
}
