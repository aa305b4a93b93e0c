import Link from "next/link";
import { paths } from "#components/paths.ts";

export type ReleaseLinkProps = { slug: string; number: number; className?: string };

/** A release by its number, wherever one is named. */
export function ReleaseLink({ slug, number, className = "hover:underline" }: ReleaseLinkProps) {
  return (
    <Link href={paths.release(slug, number)} className={className} aria-label={`Release #${number}`}>
      #{number}
    </Link>
  );
}
