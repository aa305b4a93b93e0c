/** A note's HTML as the server has rendered it: made of an allow-list of marks, whatever was written. */
export function NoteText({ html }: { html: string }) {
  return (
    <div
      className="note-text max-w-prose text-pretty wrap-anywhere"
      // biome-ignore lint/security/noDangerouslySetInnerHtml: rendered by server/services/feed/render-note.ts alone.
      dangerouslySetInnerHTML={{ __html: html }}
    />
  );
}
