import { type FileHandle, open } from "node:fs/promises";
import { Readable } from "node:stream";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import type { S3Settings } from "#server/kernel/s3-settings.ts";
import {
  type ArtifactStore,
  artifactName,
  digestIn,
  missing,
  type StoredArtifact,
} from "./artifact-store.ts";
import { isMissingObject, isNotOffered, storeError } from "./s3-failure.ts";

/** Parts of a failed upload are sent again, so they are held: this much at a time. S3 takes no fewer than 5 MiB. */
const partBytes = 16 * 1024 * 1024;
const connectWithinMs = 5_000;
const answerWithinMs = 60_000;

/** Artifacts in a bucket of S3, or of what speaks its language. */
export class S3Store implements ArtifactStore {
  readonly name: string;
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #prefix: string;

  constructor(settings: S3Settings) {
    const { bucket, prefix, endpoint, region, pathStyle, credentials } = settings;
    this.name = `the bucket ${bucket} at ${endpoint ?? "Amazon S3"}`;
    this.#bucket = bucket;
    this.#prefix = prefix;
    this.#client = new S3Client({
      region,
      forcePathStyle: pathStyle,
      ...(endpoint !== null && { endpoint }),
      ...(credentials !== null && { credentials }),
      maxAttempts: 4,
      // Not every server knows the newer ones; the content is verified by its digest when it is unpacked.
      requestChecksumCalculation: "WHEN_REQUIRED",
      responseChecksumValidation: "WHEN_REQUIRED",
      requestHandler: { connectionTimeout: connectWithinMs, requestTimeout: answerWithinMs },
    });
  }

  async put(digest: string, file: string, signal?: AbortSignal): Promise<void> {
    const handle = await open(file);
    try {
      const { size } = await handle.stat();
      const read = (position: number) => readPart(handle, position, Math.min(partBytes, size - position));
      await this.#attempt(digest, "stored in", async () => {
        if (size > partBytes) await this.#putParts(digest, size, read, signal);
        else
          await this.#client.send(
            new PutObjectCommand({ ...this.#place(digest), Body: await read(0) }),
            until(signal),
          );
      });
    } finally {
      await handle.close();
    }
  }

  async open(digest: string, signal?: AbortSignal): Promise<Readable> {
    return this.#attempt(digest, "fetched from", async () => {
      const { Body } = await this.#client.send(new GetObjectCommand(this.#place(digest)), until(signal));
      if (!(Body instanceof Readable)) throw new Error("The answer has no content.");
      return Body;
    });
  }

  async has(digest: string): Promise<boolean> {
    return this.#attempt(digest, "looked for in", async () => {
      try {
        await this.#client.send(new HeadObjectCommand(this.#place(digest)));
        return true;
      } catch (error) {
        if (isMissingObject(error)) return false;
        throw error;
      }
    });
  }

  async remove(digest: string): Promise<void> {
    await this.#attempt(digest, "removed from", () =>
      this.#client.send(new DeleteObjectCommand(this.#place(digest))),
    );
  }

  async *list(): AsyncIterable<StoredArtifact> {
    const pages = paginateListObjectsV2(
      { client: this.#client },
      { Bucket: this.#bucket, Prefix: this.#prefix },
    );
    try {
      for await (const { Contents = [] } of pages) {
        for (const { Key = "", Size = 0, LastModified = new Date() } of Contents) {
          const digest = digestIn(Key.slice(this.#prefix.length));
          if (digest !== null) yield { digest, bytes: Size, storedAt: LastModified };
        }
      }
    } catch (error) {
      throw storeError(error, `The artifacts in ${this.name} cannot be listed`);
    }
  }

  async removeUnfinished(before: Date): Promise<void> {
    try {
      const place = { Bucket: this.#bucket, Prefix: this.#prefix };
      const { Uploads = [] } = await this.#client.send(new ListMultipartUploadsCommand(place));
      for (const { Key, UploadId, Initiated } of Uploads) {
        if (Initiated !== undefined && Initiated >= before) continue;
        await this.#client.send(new AbortMultipartUploadCommand({ Bucket: this.#bucket, Key, UploadId }));
      }
    } catch (error) {
      // Servers that cannot list them clear them away by themselves, or keep none.
      if (isNotOffered(error)) return;
      throw storeError(error, `Unfinished uploads to ${this.name} cannot be cleared away`);
    }
  }

  async #putParts(
    digest: string,
    size: number,
    read: (position: number) => Promise<Buffer>,
    signal?: AbortSignal,
  ): Promise<void> {
    const place = this.#place(digest);
    const { UploadId } = await this.#client.send(new CreateMultipartUploadCommand(place), until(signal));
    const upload = { ...place, UploadId };
    try {
      const Parts: { PartNumber: number; ETag: string | undefined }[] = [];
      for (let position = 0; position < size; position += partBytes) {
        const PartNumber = Parts.length + 1;
        const part = new UploadPartCommand({ ...upload, PartNumber, Body: await read(position) });
        Parts.push({ PartNumber, ETag: (await this.#client.send(part, until(signal))).ETag });
      }
      await this.#client.send(
        new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }),
        until(signal),
      );
    } catch (error) {
      // Where this fails, too, the next clearing takes it away; why the upload failed says more.
      await this.#client.send(new AbortMultipartUploadCommand(upload)).catch(() => null);
      throw error;
    }
  }

  #place(digest: string): { Bucket: string; Key: string } {
    return { Bucket: this.#bucket, Key: `${this.#prefix}${artifactName(digest)}` };
  }

  async #attempt<T>(digest: string, what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (isMissingObject(error)) throw missing(digest, this.name);
      throw storeError(error, `The artifact ${digest.slice(0, 12)} cannot be ${what} ${this.name}`);
    }
  }
}

async function readPart(handle: FileHandle, from: number, bytes: number): Promise<Buffer> {
  const part = Buffer.allocUnsafe(bytes);
  for (let at = 0; at < bytes; ) {
    const { bytesRead } = await handle.read(part, at, bytes - at, from + at);
    if (bytesRead === 0) throw new Error("The file became shorter while it was read.");
    at += bytesRead;
  }
  return part;
}

function until(signal: AbortSignal | undefined): { abortSignal?: AbortSignal } {
  return signal === undefined ? {} : { abortSignal: signal };
}
