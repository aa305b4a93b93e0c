import { createTransport } from "nodemailer";
import { messageOf } from "./errors.ts";

/** E-mail through the installation's own mail server. */
export interface Mail {
  /** Each sees only what the header says: all of them. */
  to: string[];
  subject: string;
  text: string;
  html: string;
  /** The left part of its Message-ID: the same for every attempt, so that a repeat can be dropped. */
  messageId: string;
  headers?: Record<string, string>;
}

export interface Mailer {
  /** MailError where it was not taken. */
  send(mail: Mail): Promise<void>;
  close(): void;
}

/** The mail server refused it, or was not reached. */
export class MailError extends Error {
  override name = "MailError";
  /** Whether it would refuse it again. */
  readonly isPermanent: boolean;
  /** Whether it refused whom it was for, rather than whoever sent it or what was in it. */
  readonly isOfAddress: boolean;
  constructor(message: string, isPermanent: boolean, isOfAddress = false) {
    super(message);
    this.isPermanent = isPermanent;
    this.isOfAddress = isOfAddress;
  }
}

export interface MailSettings {
  /** `smtp://user:password@host:587` or `smtps://…`; null where there is no mail server. */
  smtpUrl: string | null;
  mailFrom: string | null;
  portalUrl: string;
}

const withinMs = 10_000;

export function openMailer({ smtpUrl, mailFrom, portalUrl }: MailSettings): Mailer | null {
  if (smtpUrl === null || mailFrom === null) return null;
  const transport = createTransport(
    {
      url: smtpUrl,
      connectionTimeout: withinMs,
      greetingTimeout: withinMs,
      socketTimeout: withinMs,
      dnsTimeout: withinMs,
      // Nothing that is sent names a file or an address to be read here.
      disableFileAccess: true,
      disableUrlAccess: true,
    },
    { from: mailFrom },
  );
  const domain = new URL(portalUrl).hostname;
  return {
    async send({ messageId, headers, ...mail }) {
      try {
        const told = await transport.sendMail({
          ...mail,
          messageId: `<${messageId}@${domain}>`,
          headers: { "Auto-Submitted": "auto-generated", ...headers },
        });
        // Some of several were refused: whoever was not has it, and a second attempt would reach those again.
        if (told.accepted.length === 0) throw new MailError("The mail server took it for nobody.", true);
      } catch (error) {
        throw asMailError(error);
      }
    },
    close: () => transport.close(),
  };
}

/** `550 5.7.1`: not allowed, which is as a rule about whoever sends. Source: RFC 3463, section 3.8. */
const policyPattern = /^\d{3}[ -]5\.7\./;

/** A code of 5xx stays; 4xx, and what kept it from being asked, passes. Source: RFC 5321, section 4.2.1. */
function asMailError(error: unknown): MailError {
  if (error instanceof MailError) return error;
  const { responseCode, code, response, command } = error as {
    responseCode?: number;
    command?: string;
    code?: string;
    response?: string;
  };
  if (responseCode !== undefined) {
    const isPermanent = responseCode >= 500 && code !== "EAUTH";
    return new MailError(
      `The mail server answered: ${(response ?? String(responseCode)).slice(0, 200)}`,
      isPermanent,
      command === "RCPT TO" && !policyPattern.test(response ?? ""),
    );
  }
  if (code === "EENVELOPE") return new MailError("No address in it can be written to.", true, true);
  return new MailError(`The mail server was not reached (${code ?? messageOf(error)}).`, false);
}
