import { escapeHtml } from "#server/domain/escape-html.ts";
import { htmlLink, htmlPage, subjectOf } from "#server/domain/mail-layout.ts";
import type { Message } from "#server/domain/message.ts";
import { utcText } from "#server/domain/moment-text.ts";

/** The message as an e-mail. */
export function emailBody({ title, text, facts, url, happenedAt }: Message) {
  const lines = [...facts.map(({ name, value }) => `${name}: ${value}`), `At: ${utcText(happenedAt)}`];
  const paragraphs = text.split("\n").filter((line) => line.trim() !== "");
  return {
    subject: subjectOf(title),
    text: [title, ...(text === "" ? [] : [text]), lines.join("\n"), url].join("\n\n"),
    html: htmlPage(
      title,
      [
        `<h1 style="font-size:1.2em">${escapeHtml(title)}</h1>`,
        ...paragraphs.map((line) => `<p>${escapeHtml(line)}</p>`),
        `<p>${htmlLink(url, "Read more")}</p>`,
      ],
      lines.map(escapeHtml),
    ),
  };
}
