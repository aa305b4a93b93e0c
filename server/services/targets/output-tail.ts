import { open } from "node:fs/promises";
import { desc, eq, sql } from "drizzle-orm";
import { instanceOutput } from "#db/schema/traffic.ts";
import type { Mask } from "#server/domain/mask-secrets.ts";
import type { Context } from "#server/kernel/context.ts";
import type { Lines } from "#server/kernel/line-splitter.ts";
import { MaskedLines } from "#server/kernel/masked-lines.ts";
import type { WatchedInstance } from "./list-watched.ts";
import { storeOutput } from "./store-output.ts";

/** Shown of what was printed before anybody looked, and read in one go. */
const tailBytes = 256 * 1024;
const mostShownBytes = 1024 * 1024;
const lineFeed = 10;
const none: Lines = { bytes: new Uint8Array(0), count: 0 };

/** Copies what an instance prints from its file into the database while somebody looks, masked and bounded. */
export class OutputTail {
  readonly #ctx: Context;
  readonly #instance: WatchedInstance;
  readonly #mask: Mask;
  #output: MaskedLines;
  #nextLine = 0;
  #offset = -1;
  /** Since a gap: half a line could be half a secret, so what is left of it is passed over. */
  #isInHalfLine = false;
  /** What the database has not taken yet. */
  #unstored: Lines = none;
  /** Where the chunks begin that are shown, with their bytes. */
  #shown: { firstLine: number; bytes: number }[] = [];

  constructor(ctx: Context, instance: WatchedInstance, mask: Mask) {
    this.#ctx = ctx;
    this.#instance = instance;
    this.#mask = mask;
    this.#output = new MaskedLines(mask);
  }

  get instanceId(): number {
    return this.#instance.id;
  }

  get newestSecretId(): number {
    return this.#instance.newestSecretId;
  }

  /** Shows what has come since the last look. */
  async look(): Promise<void> {
    if (this.#nextLine === 0) this.#nextLine = await this.#lineAfterShown();
    const bytes = await this.#readNew();
    this.#keep(bytes === null ? this.#output.settle() : this.#output.push(bytes));
    if (this.#unstored.count > 0) await this.#show(this.#unstored);
    this.#unstored = none;
  }

  #keep(lines: Lines): void {
    this.#unstored = {
      bytes: Buffer.concat([this.#unstored.bytes, lines.bytes]),
      count: this.#unstored.count + lines.count,
    };
  }

  /** An earlier life of this worker may have shown some of it to whoever looks: this one shows the end anew. */
  async #lineAfterShown(): Promise<number> {
    const [last] = await this.#ctx.db
      .select({ next: sql<number>`${instanceOutput.firstLine} + ${instanceOutput.lineCount}` })
      .from(instanceOutput)
      .where(eq(instanceOutput.instanceId, this.#instance.id))
      .orderBy(desc(instanceOutput.firstLine))
      .limit(1);
    return last?.next ?? 1;
  }

  /** Null where nothing has come. A file that was cut short, as its keeper does, is read from its beginning. */
  async #readNew(): Promise<Uint8Array | null> {
    const file = await open(this.#instance.outputFile, "r").catch(() => null);
    if (file === null) return null;
    try {
      const { size } = await file.stat();
      const from = size < this.#offset ? 0 : Math.max(0, this.#offset, size - tailBytes);
      if (from > Math.max(0, this.#offset)) this.#passOver();
      this.#offset = size;
      const buffer = Buffer.alloc(size - from);
      const { bytesRead } = await file.read(buffer, 0, buffer.length, from);
      this.#offset = from + bytesRead;
      return bytesRead === 0 ? null : this.#wholeLines(buffer.subarray(0, bytesRead));
    } finally {
      await file.close();
    }
  }

  /** What comes next does not follow what was read. */
  #passOver(): void {
    this.#output = new MaskedLines(this.#mask);
    this.#isInHalfLine = true;
  }

  #wholeLines(bytes: Uint8Array): Uint8Array {
    if (!this.#isInHalfLine) return bytes;
    const end = bytes.indexOf(lineFeed);
    if (end === -1) return none.bytes;
    this.#isInHalfLine = false;
    return bytes.subarray(end + 1);
  }

  async #show(lines: Lines): Promise<void> {
    const firstLine = this.#nextLine;
    const shown = [...this.#shown, { firstLine, bytes: lines.bytes.length }];
    let total = shown.reduce((sum, { bytes }) => sum + bytes, 0);
    while (total > mostShownBytes && shown.length > 1) total -= shown.shift()?.bytes ?? 0;
    const keepFrom = shown[0]?.firstLine ?? firstLine;
    await storeOutput(this.#ctx, { instanceId: this.#instance.id, firstLine, lines, keepFrom });
    this.#nextLine += lines.count;
    this.#shown = shown;
  }
}
