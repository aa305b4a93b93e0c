import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ArtifactDepot } from "#server/services/pipeline/artifact-depot.ts";
import { packArtifact } from "#server/services/pipeline/pack-artifact.ts";
import { unpackArtifact } from "#server/services/pipeline/unpack-artifact.ts";
import { makeSampleTree } from "./artifact/sample-tree.ts";
import { quantile } from "./measuring/quantile.ts";

/**
 * Packing a tree of 300 MB in 30,000 files into the store, and fetching, verifying and unpacking it, against
 * `tar | zstd` and `zstd -d | tar` of the same tree, taking turns. Set ANYTIME_BENCH_PAIRS for more than 5 pairs.
 */
const pairs = Math.max(3, Number(process.env.ANYTIME_BENCH_PAIRS ?? 5));
const files = 30_000;
const bytes = 300_000_000;

const folder = mkdtempSync(join(tmpdir(), "anytime-bench-artifact-"));
const tree = join(folder, "tree");
const depot = new ArtifactDepot(join(folder, "store"));
const target = join(folder, "target");
const tarFile = join(folder, "bare.tar.zst");
const measured = {
  pack: [] as number[],
  barePack: [] as number[],
  unpack: [] as number[],
  bareUnpack: [] as number[],
};
let storedBytes = 0;

async function packOurs(): Promise<string> {
  const { digest, file } = await packArtifact({ folder: tree, include: [], store: depot.local });
  await depot.keep(digest, file);
  return digest;
}

function packBare(): void {
  execFileSync("/bin/bash", ["-o", "pipefail", "-c", 'tar -C "$0" -c . | zstd -q -f -o "$1"', tree, tarFile]);
}

async function unpackBare(): Promise<void> {
  await mkdir(target);
  execFileSync("/bin/bash", ["-o", "pipefail", "-c", 'zstd -q -d -c "$1" | tar -C "$0" -x', target, tarFile]);
}

async function timed(list: number[], work: () => unknown): Promise<void> {
  // What the turn before has left to be written is not this one's.
  execFileSync("sync");
  const startedAt = performance.now();
  await work();
  list.push(performance.now() - startedAt);
}

async function round(isFirst: boolean): Promise<void> {
  let digest = "";
  const packs = [
    () =>
      timed(measured.pack, async () => {
        digest = await packOurs();
      }),
    () => timed(measured.barePack, packBare),
  ];
  for (const turn of isFirst ? packs : packs.toReversed()) await turn();
  storedBytes = statSync(depot.local.file(digest)).size;
  const unpacks = [
    () => timed(measured.unpack, () => unpackArtifact({ digest, depot, folder: target })),
    () => timed(measured.bareUnpack, unpackBare),
  ];
  for (const turn of isFirst ? unpacks : unpacks.toReversed()) {
    await turn();
    await rm(target, { recursive: true, force: true });
  }
}

const median = (list: number[]) => quantile(list, 0.5);

try {
  await makeSampleTree(tree, files, bytes);
  // The first of each fills the caches and is not counted.
  await round(true);
  for (const list of Object.values(measured)) list.length = 0;
  for (let pair = 0; pair < pairs; pair += 1) await round(pair % 2 === 0);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

const [packMs, bareMs] = [median(measured.pack), median(measured.barePack)];
const [unpackMs, bareUnpackMs] = [median(measured.unpack), median(measured.bareUnpack)];
const show = (label: string, ms: number) => console.log(`  ${label.padEnd(34)}${Math.round(ms)} ms`);
console.log(
  `${files} files, ${bytes / 1e6} MB, ${Math.round(storedBytes / 1e6)} MB packed; medians of ${pairs}`,
);
show("pack and store", packMs);
show("tar | zstd", bareMs);
show("fetch, verify and unpack", unpackMs);
show("zstd -d | tar", bareUnpackMs);
console.log(
  JSON.stringify({
    bench: "artifact",
    pack_ratio: Number((packMs / bareMs).toFixed(2)),
    unpack_ratio: Number((unpackMs / bareUnpackMs).toFixed(2)),
    ...{ pack_ms: Math.round(packMs), tar_zstd_ms: Math.round(bareMs) },
    ...{ unpack_ms: Math.round(unpackMs), zstd_tar_ms: Math.round(bareUnpackMs) },
    ...{ files, megabytes: bytes / 1e6, stored_megabytes: Math.round(storedBytes / 1e6), pairs },
  }),
);
