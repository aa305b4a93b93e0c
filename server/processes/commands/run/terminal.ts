import { styleText } from "node:util";
import { formatDurationMs } from "#server/domain/durations.ts";
import type { Output } from "#server/services/pipeline/output.ts";

type Style = "bold" | "dim" | "green" | "red";

/** Where `anytime run` writes: one paragraph a step, its own words dim, colours only where they are wanted. */
export class Terminal implements Output {
  #stream: NodeJS.WriteStream;
  #isAtLineStart = true;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  get hasColors(): boolean {
    return this.#styled("bold", "x") !== "x";
  }

  write(chunk: Uint8Array): void | Promise<void> {
    this.#isAtLineStart = chunk.at(-1) === 0x0a;
    if (this.#stream.write(chunk)) return;
    return new Promise((resolve) => this.#stream.once("drain", resolve));
  }

  note(text: string): void {
    for (const line of text.split("\n")) this.line(this.#styled("dim", `  ${line}`));
  }

  line(text = ""): void {
    if (!this.#isAtLineStart) this.#stream.write("\n");
    this.#stream.write(`${text}\n`);
    this.#isAtLineStart = true;
  }

  title(text: string, detail: string): void {
    this.line(`${this.#styled("bold", text)}  ${this.#styled("dim", detail)}`);
  }

  begin(step: string): void {
    this.line();
    this.line(this.#styled("bold", step));
  }

  done(step: string, durationMs: number): void {
    this.line(`${this.#styled("green", "✓")} ${step} ${this.#styled("dim", formatDurationMs(durationMs))}`);
  }

  skipped(step: string, why: string): void {
    this.line();
    this.line(this.#styled("dim", `- ${step} skipped: ${why}`));
  }

  failed(step: string, durationMs: number, why: string): void {
    const took = this.#styled("dim", formatDurationMs(durationMs));
    this.line(`${this.#styled("red", "✗")} ${step} failed ${took}`);
    this.line(`  ${why}`);
  }

  #styled(style: Style, text: string): string {
    return styleText(style, text, { stream: this.#stream });
  }
}
