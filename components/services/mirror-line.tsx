import { Copy } from "lucide-react";
import { Status } from "#components/ui/status.tsx";
import type { ServiceEnvironmentView } from "#server/api/types.ts";
import { type MirrorCounts, mirroredMinutes } from "#server/domain/mirror.ts";
import { shareText } from "#server/domain/shares.ts";

/** What is copied from here to where, and what became of the copies; nothing while nothing is. */
export function MirrorLine({ view: { mirror } }: { view: ServiceEnvironmentView }) {
  if (mirror === null) return null;
  return (
    <p className="pt-2">
      <Status tone="waiting" icon={<Copy />} word="Mirrored" className="mr-2" />
      {shareText(mirror.share)} of the GET and HEAD requests go to {mirror.to.name}, too.
      <span className="text-muted"> {copiesText(mirror.copies, mirror.to.name)}</span>
    </p>
  );
}

function copiesText({ answered, failed, leftOut }: MirrorCounts, to: string): string {
  if (answered + failed + leftOut === 0) return `None in the last ${mirroredMinutes} minutes.`;
  const number = (count: number) => count.toLocaleString("en");
  const sent = `In the last ${mirroredMinutes} minutes ${number(answered)} were answered there`;
  const broken = failed > 0 ? `, ${number(failed)} were not` : "";
  const left =
    leftOut > 0 ? `, and ${number(leftOut)} not sent, as ${to} did not keep up or was not there` : "";
  return `${sent}${broken}${left}.`;
}
