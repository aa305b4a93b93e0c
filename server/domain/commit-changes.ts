/** What a commit changes, as far as it says where to look. */
export interface CommitChanges {
  sha: string;
  subject: string;
  /** ISO 8601, in UTC. */
  committedAt: string;
  /** The SHA, or the beginning of one, of the commit that this one takes back; null where it takes back none. */
  reverts: string | null;
  files: ChangedFile[];
}

export interface ChangedFile {
  /** As it is called after the commit. */
  path: string;
  /** What it was called before, where that is something else. */
  oldPath: string | null;
  /** Whether anything in it changed: not where it was only moved. */
  isEdited: boolean;
  /** Paths that begin with a slash in the lines that come and go, or in the line that Git takes for their heading. */
  routes: string[];
}

/** Lines of a file as it is now, by the commit that wrote them last. */
export interface LineOrigin {
  path: string;
  line: number;
  sha: string;
}
