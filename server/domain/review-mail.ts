import { escapeHtml } from "./escape-html.ts";
import { htmlLink, htmlPage, subjectOf } from "./mail-layout.ts";
import { type Review, type ReviewMailKind, releasePlace, verdictSentence, worseWord } from "./review.ts";

export interface ReviewMailText {
  subject: string;
  text: string;
  html: string;
}

/** What whoever deployed is told: that the release is live and watched, or that it was found worse, and where to look. */
export function reviewMail(
  kind: ReviewMailKind,
  review: Review,
  urls: { review: string; settings: string },
): ReviewMailText {
  const isWorse = kind === "worse";
  const title = `${releasePlace(review)} is ${isWorse ? worseWord(review.outcome).toLowerCase() : "live"}`;
  const until = `${review.watchUntil.slice(11, 16)} UTC`;
  const said = isWorse
    ? `${verdictSentence(review.outcome, review.previousNumber)} Its page has the commits to look at first, and the way back.`
    : `It is watched until ${until}. If it makes anything worse, you get another mail; its page shows how it does meanwhile.`;
  const open = isWorse ? "See what became worse" : "Watch it";
  const foot = "You get this because you deployed it. Whether reviews come by mail is one of your settings";
  return {
    subject: subjectOf(title),
    text: [
      `${title}: ${review.subject}`,
      said,
      `${open}:\n${urls.review}`,
      `${foot}:\n${urls.settings}`,
    ].join("\n\n"),
    html: htmlPage(
      title,
      [
        `<h1 style="font-size:1.3em">${escapeHtml(title)}</h1><p>${escapeHtml(review.subject)}</p>`,
        `<p>${escapeHtml(said)}</p><p>${htmlLink(urls.review, open)}</p>`,
      ],
      [`${escapeHtml(foot)}: ${htmlLink(urls.settings, "your settings")}.`],
    ),
  };
}
