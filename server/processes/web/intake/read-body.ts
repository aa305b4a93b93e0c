import type { IncomingMessage } from "node:http";
import { createGunzip } from "node:zlib";

/** Why a body is not read: the status to answer with, and in words. */
export class BodyError extends Error {
  override name = "BodyError";
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const mostBodyBytes = 20 * 1024 * 1024;

/**
 * The whole body, inflated where it is packed; `onBytes` is told of what is held of it. Rejects with BodyError as soon as it
 * is too long, packed or not.
 */
export async function readBody(request: IncomingMessage, onBytes: (bytes: number) => void): Promise<Buffer> {
  const encoding = request.headers["content-encoding"] ?? "identity";
  if (encoding !== "identity" && encoding !== "gzip") {
    throw new BodyError(415, "Bodies may be packed by gzip, or not at all.");
  }
  if (Number(request.headers["content-length"] ?? 0) > mostBodyBytes) throw tooLong();
  const packed = await collect(request, onBytes);
  return encoding === "gzip" ? inflate(packed, onBytes) : packed;
}

function collect(request: IncomingMessage, onBytes: (bytes: number) => void): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      onBytes(chunk.length);
      if (bytes > mostBodyBytes) {
        request.removeAllListeners("data");
        reject(tooLong());
        return;
      }
      chunks.push(chunk);
    });
    request.once("end", () =>
      resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, bytes)),
    );
    request.once("error", () => reject(cutOff()));
    request.once("close", () => {
      if (!request.complete) reject(cutOff());
    });
  });
}

/** Piece by piece: a bomb is stopped where it begins to be one. */
function inflate(packed: Buffer, onBytes: (bytes: number) => void): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const gunzip = createGunzip();
    const chunks: Buffer[] = [];
    let bytes = 0;
    gunzip.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      onBytes(chunk.length);
      if (bytes > mostBodyBytes) {
        gunzip.destroy();
        reject(tooLong());
        return;
      }
      chunks.push(chunk);
    });
    gunzip.once("end", () => resolve(Buffer.concat(chunks, bytes)));
    gunzip.once("error", () =>
      reject(new BodyError(400, "The body is not packed by gzip, or it was cut off.")),
    );
    gunzip.end(packed);
  });
}

function tooLong(): BodyError {
  return new BodyError(413, "A body is 20 MiB at most, unpacked too.");
}

function cutOff(): BodyError {
  return new BodyError(400, "The body was cut off.");
}
