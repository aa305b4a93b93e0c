/** The sign of the product: one pool takes traffic, the other stands ready. */
export function Mark({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true" className={className ?? "size-5"} fill="none">
      <circle cx="8.5" cy="12" r="5.5" stroke="var(--pool-blue)" strokeWidth="2.5" />
      <circle cx="16.5" cy="12" r="6.75" fill="var(--pool-green)" stroke="var(--rail)" strokeWidth="2" />
    </svg>
  );
}
