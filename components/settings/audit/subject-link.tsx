import Link from "next/link";
import { paths } from "#components/paths.ts";
import type { AuditSubject } from "#server/domain/audit.ts";

/** What an entry is about, leading to its page where it has one. */
export function SubjectLink({ subject }: { subject: AuditSubject }) {
  const href = hrefOf(subject.page);
  if (href === null) return <span className="wrap-anywhere">{subject.text}</span>;
  return (
    <Link href={href} className="link wrap-anywhere">
      {subject.text}
    </Link>
  );
}

function hrefOf(page: AuditSubject["page"]): string | null {
  if (page === null) return null;
  if (page.name === "service") return paths.service(page.slug);
  return page.name === "deployment" ? paths.deployment(page.slug, page.id) : paths.workers();
}
