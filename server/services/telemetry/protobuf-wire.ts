/**
 * Reads protobuf's wire format where it lies: no object is made for what nobody asks for. Throws WireError where a body
 * ends too early or is no protobuf. Source: https://protobuf.dev/programming-guides/encoding/.
 */
export class WireError extends Error {
  override name = "WireError";
}

/** What a tag's last three bits say. */
export const wireTypes = {
  varint: 0,
  fixed64: 1,
  length: 2,
  startGroup: 3,
  endGroup: 4,
  fixed32: 5,
} as const;

const twoTo32 = 2 ** 32;
const longestVarint = 10;

export class Wire {
  readonly bytes: Buffer;
  position: number;
  end: number;

  constructor(bytes: Buffer, position = 0, end = bytes.length) {
    this.bytes = bytes;
    this.position = position;
    this.end = end;
  }

  /** Field number × 8 + wire type; 0 at the end. */
  tag(): number {
    return this.position < this.end ? this.varint() : 0;
  }

  /** Exact up to 2^53; what is greater, or negative as 64 bits, is rounded. */
  varint(): number {
    const { bytes, end } = this;
    let byte = this.position < end ? (bytes[this.position++] as number) : broken();
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    let scale = 128;
    for (let length = 1; length < longestVarint; length += 1) {
      byte = this.position < end ? (bytes[this.position++] as number) : broken();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
    return broken();
  }

  /** A varint of 64 bits whose sign counts: status codes and integers of attributes. */
  signedVarint(): number {
    const value = this.varint();
    return value >= 2 ** 63 ? value - 2 ** 64 : value;
  }

  zigZag(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** An unsigned integer of 64 bits, rounded above 2^53. */
  fixed64(): number {
    const { bytes, position } = this;
    this.skipBytes(8);
    return bytes.readUInt32LE(position) + bytes.readUInt32LE(position + 4) * twoTo32;
  }

  double(): number {
    const { bytes, position } = this;
    this.skipBytes(8);
    return bytes.readDoubleLE(position);
  }

  /** Where the field of this length ends; the position is at its begin. */
  fieldEnd(): number {
    const length = this.varint();
    const end = this.position + length;
    return end <= this.end ? end : broken();
  }

  text(): string {
    const end = this.fieldEnd();
    const from = this.position;
    this.position = end;
    return this.bytes.toString("utf8", from, end);
  }

  skipBytes(count: number): void {
    this.position += count;
    if (this.position > this.end) broken();
  }

  skip(tag: number): void {
    const type = tag & 7;
    if (type === wireTypes.varint) this.varint();
    else if (type === wireTypes.length) this.position = this.fieldEnd();
    else if (type === wireTypes.fixed64) this.skipBytes(8);
    else if (type === wireTypes.fixed32) this.skipBytes(4);
    // Groups are deprecated, and nothing in OpenTelemetry has them.
    else broken();
  }
}

function broken(): never {
  throw new WireError("The body is no protobuf of this kind, or it was cut off.");
}
