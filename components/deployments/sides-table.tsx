import { formatDurationMs } from "#server/domain/durations.ts";
import type { SideCounts } from "#server/domain/shares.ts";

export type Side = SideCounts & { releaseNumber: number | null; role: string };

/** Two releases that were served side by side: what routers counted of each. */
export function SidesTable({ sides }: { sides: readonly Side[] }) {
  return (
    <div className="overflow-x-auto">
      <table
        aria-label="The releases beside each other"
        className="w-full border-collapse text-sm tabular-nums"
      >
        <thead>
          <tr className="border-b text-left text-muted">
            <Heading>Release</Heading>
            <Heading isNumber>Requests</Heading>
            <Heading isNumber>5xx</Heading>
            <Heading isNumber>Cut off</Heading>
            <Heading isNumber>p50</Heading>
            <Heading isNumber>p99</Heading>
          </tr>
        </thead>
        <tbody>
          {sides.map((side) => (
            <SideRow key={side.role} side={side} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Heading({ children, isNumber = false }: { children: string; isNumber?: boolean }) {
  return (
    <th scope="col" className={`h-9 px-2 font-medium first:pl-0 last:pr-0 ${isNumber ? "text-right" : ""}`}>
      {children}
    </th>
  );
}

function SideRow({ side }: { side: Side }) {
  const { releaseNumber, role, requests, serverErrors, aborted, p50Ms, p99Ms } = side;
  return (
    <tr className="border-b last:border-b-0">
      <th scope="row" className="py-2 pr-2 text-left font-normal">
        <span className="font-medium">#{releaseNumber ?? "?"}</span>{" "}
        <span className="text-muted">{role}</span>
      </th>
      <Cell>{requests.toLocaleString("en")}</Cell>
      <Cell isBad={serverErrors > 0}>{partText(serverErrors, requests)}</Cell>
      <Cell isBad={aborted > 0}>{partText(aborted, requests)}</Cell>
      <Cell>{p50Ms === null ? "–" : formatDurationMs(p50Ms)}</Cell>
      <Cell>{p99Ms === null ? "–" : formatDurationMs(p99Ms)}</Cell>
    </tr>
  );
}

function Cell({ children, isBad = false }: { children: string; isBad?: boolean }) {
  return (
    <td className={`whitespace-nowrap px-2 py-2 text-right last:pr-0 ${isBad ? "text-attention" : ""}`}>
      {children}
    </td>
  );
}

/** `12 (0.3 %)` */
function partText(part: number, whole: number): string {
  if (part === 0) return "0";
  return `${part.toLocaleString("en")} (${((part / whole) * 100).toFixed(1)} %)`;
}
