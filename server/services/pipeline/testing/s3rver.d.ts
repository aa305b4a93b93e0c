/** A server that speaks S3, for tests: it keeps its buckets in a folder. */
declare module "@20minutes/s3rver" {
  export default class S3Server {
    constructor(options: {
      address: string;
      port: number;
      silent: boolean;
      allowMismatchedSignatures: boolean;
      directory: string;
      configureBuckets: { name: string }[];
    });
    run(): Promise<{ address: string; port: number }>;
    close(): Promise<void>;
  }
}
