import type { AddressInfo } from "node:net";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { type Mailer, openMailer } from "../mailer.ts";

export interface TestSmtp {
  url: string;
  mailer: Mailer;
  /** Whole, as they arrived. */
  received: Buffer[];
  close(): Promise<void>;
}

/**
 * A mail server on this machine that lets everybody in, unless the options say otherwise, and a mailer that writes to it.
 * `onMail` is for who reads along.
 */
export async function openSmtp(
  options: SMTPServerOptions = {},
  onMail: (mail: Buffer) => void = () => undefined,
): Promise<TestSmtp> {
  const received: Buffer[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    onAuth: (_, __, callback) => callback(null, { user: "user" }),
    onData(stream, _, callback) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const mail = Buffer.concat(chunks);
        received.push(mail);
        onMail(mail);
        callback();
      });
    },
    ...options,
  });
  server.on("error", () => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  const { port } = server.server.address() as AddressInfo;
  const url = `smtp://user:secret-password@127.0.0.1:${port}`;
  const mailer = openMailer({
    smtpUrl: url,
    mailFrom: "Anytime <deploys@example.org>",
    portalUrl: "https://deploy.example.org",
  });
  if (mailer === null) throw new Error("It has a mail server.");
  return {
    url,
    mailer,
    received,
    close: () => {
      mailer.close();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
