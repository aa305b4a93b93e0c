/** How to reach a team. Only what a browser opens safely becomes a link; anything else is text. */
export function Contact({ contact }: { contact: string | null }) {
  if (contact === null) return <span className="text-muted">not said</span>;
  const href = hrefOf(contact);
  if (href === null) return <span className="wrap-anywhere">{contact}</span>;
  return (
    <a href={href} className="link wrap-anywhere">
      {contact}
    </a>
  );
}

function hrefOf(contact: string): string | null {
  if (/^https:\/\/\S+$/.test(contact)) return contact;
  return /^[^\s@:/?#]+@[^\s@:/?#]+\.[^\s@:/?#]+$/.test(contact) ? `mailto:${contact}` : null;
}
