/** Lines in groups of a day, newest first; `timeZone` undefined means the reader's own. */
export function groupByDay<Line>(
  lines: readonly Line[],
  at: (line: Line) => string,
  timeZone: string | undefined,
): { day: string; lines: Line[] }[] {
  const format = new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeZone });
  const days = Map.groupBy(lines, (line) => format.format(new Date(at(line))));
  return [...days].map(([day, inIt]) => ({ day, lines: inIt }));
}
