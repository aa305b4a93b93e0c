import { Section } from "#components/ui/section.tsx";
import { Skeleton, SkeletonLines } from "#components/ui/skeleton.tsx";

/** The shape of the plan to come. */
export function PlanSkeleton({ note }: { note: string | null }) {
  return (
    <Section title="What will happen" className="gap-3">
      <Skeleton className="h-10 w-full" />
      {note !== null && <p className="text-muted text-sm">{note} …</p>}
      <SkeletonLines count={8} />
    </Section>
  );
}
