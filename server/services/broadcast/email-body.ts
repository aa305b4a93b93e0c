import { escapeHtml } from "#server/domain/escape-html.ts";
import type { Message } from "#server/domain/message.ts";
import { utcText } from "#server/domain/moment-text.ts";
import { cutText } from "./cut-text.ts";

const mostSubject = 180;

/** The message as an e-mail. */
export function emailBody({ title, text, facts, url, happenedAt }: Message) {
  const lines = [...facts.map(({ name, value }) => `${name}: ${value}`), `At: ${utcText(happenedAt)}`];
  return {
    subject: cutText(title.replaceAll(/\s+/g, " "), mostSubject),
    text: [title, ...(text === "" ? [] : [text]), lines.join("\n"), url].join("\n\n"),
    html: htmlOf(title, text, lines, url),
  };
}

function htmlOf(title: string, text: string, lines: string[], url: string): string {
  const paragraphs = text.split("\n").filter((line) => line.trim() !== "");
  return [
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark">`,
    `<title>${escapeHtml(title)}</title></head><body style="font-family:system-ui,sans-serif;line-height:1.5">`,
    `<h1 style="font-size:1.2em">${escapeHtml(title)}</h1>`,
    ...paragraphs.map((line) => `<p>${escapeHtml(line)}</p>`),
    `<p style="opacity:.75">${lines.map(escapeHtml).join("<br>")}</p>`,
    `<p><a href="${escapeHtml(url)}">Read more</a></p></body></html>`,
  ].join("");
}
