/**
 * Where frames of a websocket (RFC 6455, 5.2) begin in what an instance sends: only between two of them may the router
 * say something itself.
 */
export class FrameBoundary {
  /** What is still to come of the frame that has begun. */
  private left = 0;
  private header: number[] = [];

  get isBetween(): boolean {
    return this.left === 0 && this.header.length === 0;
  }

  pass(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.left > 0) {
        const skipped = Math.min(this.left, chunk.length - at);
        this.left -= skipped;
        at += skipped;
      } else {
        this.header.push(chunk[at] as number);
        at += 1;
        this.readHeader();
      }
    }
  }

  private readHeader(): void {
    const [, second] = this.header;
    if (second === undefined) return;
    const short = second & 0x7f;
    const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
    const maskBytes = (second & 0x80) === 0 ? 0 : 4;
    if (this.header.length < 2 + lengthBytes + maskBytes) return;
    const bytes = this.header.slice(2, 2 + lengthBytes);
    this.left = lengthBytes === 0 ? short : bytes.reduce((length, byte) => length * 256 + byte, 0);
    this.header = [];
  }
}

/** Close, going away (1001), as a server sends it. */
export const goingAway = Buffer.from([0x88, 0x02, 0x03, 0xe9]);
