import { z } from "zod";
import { UserError } from "./errors.ts";

/** Where all machines keep artifacts in common. */
export interface S3Settings {
  /** Null for Amazon's own. */
  endpoint: string | null;
  region: string;
  bucket: string;
  /** Begins each object's key: empty, or with a slash at its end. */
  prefix: string;
  /** Whether the bucket's name stands in the path, not in the host's name. */
  pathStyle: boolean;
  /** Null where the machine has a role that the SDK finds by itself. */
  credentials: { accessKeyId: string; secretAccessKey: string } | null;
}

export const s3Variables = {
  ANYTIME_S3_ENDPOINT: z
    .url({ protocol: /^https?$/, error: "is an address such as https://storage.example.org" })
    .optional(),
  ANYTIME_S3_REGION: z.string().min(1).max(100).default("us-east-1"),
  ANYTIME_S3_BUCKET: z
    .string()
    .regex(
      /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
      "is a bucket's name: 3 to 63 small letters, digits, dots and hyphens",
    )
    .optional(),
  ANYTIME_S3_PREFIX: z
    .string()
    .max(500)
    .default("")
    .transform((text) => text.replace(/^\/+|\/+$/g, ""))
    .transform((text) => (text === "" ? "" : `${text}/`)),
  ANYTIME_S3_PATH_STYLE: z.enum(["true", "false"], { error: "is true or false" }).optional(),
  ANYTIME_S3_ACCESS_KEY_ID: z.string().optional(),
  ANYTIME_S3_SECRET_ACCESS_KEY: z.string().optional(),
};

type Read = z.output<z.ZodObject<typeof s3Variables>>;

/** Null where no bucket is named. Throws UserError naming the variable that is missing. */
export function readS3Settings(read: Read): S3Settings | null {
  const { ANYTIME_S3_ENDPOINT: endpoint = null, ANYTIME_S3_BUCKET: bucket } = read;
  const { ANYTIME_S3_ACCESS_KEY_ID: accessKeyId, ANYTIME_S3_SECRET_ACCESS_KEY: secretAccessKey } = read;
  if (bucket === undefined) {
    if (endpoint === null && accessKeyId === undefined && secretAccessKey === undefined) return null;
    throw new UserError(
      "ANYTIME_S3_BUCKET: name the bucket that artifacts go into, or set none of ANYTIME_S3_….",
    );
  }
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined)) {
    const left = accessKeyId === undefined ? "ANYTIME_S3_ACCESS_KEY_ID" : "ANYTIME_S3_SECRET_ACCESS_KEY";
    throw new UserError(`${left}: the other half of the credentials is set, so set this one too.`);
  }
  return {
    ...{ endpoint, bucket, region: read.ANYTIME_S3_REGION, prefix: read.ANYTIME_S3_PREFIX },
    // Other servers seldom have a host name for each bucket.
    pathStyle:
      read.ANYTIME_S3_PATH_STYLE === undefined ? endpoint !== null : read.ANYTIME_S3_PATH_STYLE === "true",
    credentials:
      accessKeyId === undefined || secretAccessKey === undefined ? null : { accessKeyId, secretAccessKey },
  };
}
