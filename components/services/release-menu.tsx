"use client";
import { Flag, FlagOff } from "lucide-react";
import { useState } from "react";
import { RowMenu } from "#components/table/row-menu.tsx";
import { MenuItem } from "#components/ui/menu.tsx";
import type { ReleaseRow } from "#server/domain/read-models.ts";
import { MarkBadDialog, useClearBadMark, useMarkRefusal } from "./mark-release.tsx";

/** What can be said of a release. */
export function ReleaseMenu({ slug, release }: { slug: string; release: ReleaseRow }) {
  const [isMarking, setMarking] = useState(false);
  const named = { slug, releaseNumber: release.number };
  const { clear } = useClearBadMark(named);
  const refusal = useMarkRefusal();
  return (
    <>
      <RowMenu of={`#${release.number}`}>
        {release.badReason === null ? (
          <MenuItem icon={<Flag />} refusal={refusal} onClick={() => setMarking(true)}>
            Mark #{release.number} as bad
          </MenuItem>
        ) : (
          <MenuItem icon={<FlagOff />} refusal={refusal} onClick={clear}>
            Take the bad mark off #{release.number}
          </MenuItem>
        )}
      </RowMenu>
      {isMarking && <MarkBadDialog {...named} onClose={() => setMarking(false)} />}
    </>
  );
}
