import S3Server from "@20minutes/s3rver";
import type { S3Settings } from "#server/kernel/s3-settings.ts";

export interface OpenS3Server {
  settings: S3Settings;
  close(): Promise<void>;
}

/** A real server on this machine with one bucket, `releases`. */
export async function openS3Server(directory: string): Promise<OpenS3Server> {
  const server = new S3Server({
    address: "127.0.0.1",
    port: 0,
    silent: true,
    // It works out another signature than the SDK for listings; keys that it does not know it refuses all the same.
    allowMismatchedSignatures: true,
    directory,
    configureBuckets: [{ name: "releases" }],
  });
  const { port } = await server.run();
  return {
    settings: {
      endpoint: `http://127.0.0.1:${port}`,
      region: "us-east-1",
      bucket: "releases",
      prefix: "anytime/",
      pathStyle: true,
      credentials: { accessKeyId: "S3RVER", secretAccessKey: "S3RVER" },
    },
    close: () => server.close(),
  };
}
