import { randomUUID } from "node:crypto";
import { systemContext } from "#server/kernel/context.ts";
import type { Portal } from "#server/kernel/portal.ts";
import {
  findRevisionBefore,
  type PublicChange,
  readPublicChanges,
  replayedChanges,
} from "#server/services/feed/read-changes.ts";

/** One event of the public stream, ready to be sent. */
export interface FeedEvent {
  id: string;
  bytes: Buffer;
}

const readAtOnce = 100;

/**
 * The newest public events, in the order of the commits, read once for all who listen. Readers go on from the event that
 * they were told last, also at another process or after a restart.
 */
export class FeedLog {
  private readonly portal: Portal;
  private readonly onEvents: (events: FeedEvent[]) => void;
  private events: FeedEvent[] = [];
  /** Stands before the first event, so that one can go on from there, too. */
  private beginning = randomUUID() as string;
  private revision = 0;
  private reading: Promise<void> | null = null;
  private isAskedAgain = false;

  constructor(portal: Portal, onEvents: (events: FeedEvent[]) => void) {
    this.portal = portal;
    this.onEvents = onEvents;
  }

  /** Reads what there is of late. */
  async open(): Promise<void> {
    this.revision = await findRevisionBefore(this.context(), replayedChanges);
    await this.catchUp();
  }

  /** Of whoever has seen all of it. */
  newestId(): string {
    return this.events.at(-1)?.id ?? this.beginning;
  }

  /** What came after the event of this id; null where that is not known any more. */
  after(id: string): FeedEvent[] | null {
    if (id === this.beginning) return this.events;
    const place = this.events.findLastIndex((event) => event.id === id);
    return place === -1 ? null : this.events.slice(place + 1);
  }

  /** Reads what was committed since the last time. Asked while it reads, it reads once more. */
  catchUp(): Promise<void> {
    if (this.reading !== null) {
      this.isAskedAgain = true;
      return this.reading;
    }
    this.reading = this.read().finally(() => {
      this.reading = null;
    });
    return this.reading;
  }

  private async read(): Promise<void> {
    do {
      this.isAskedAgain = false;
      const { changes, revision, isWhole } = await readPublicChanges(this.context(), {
        after: this.revision,
        limit: readAtOnce,
      });
      this.revision = revision;
      if (changes.length > 0) this.add(changes.map(eventOf));
      if (!isWhole) this.isAskedAgain = true;
    } while (this.isAskedAgain);
  }

  private add(added: FeedEvent[]): void {
    this.events.push(...added);
    const tooMany = this.events.length - replayedChanges;
    if (tooMany > 0) {
      const left = this.events.splice(0, tooMany);
      this.beginning = left.at(-1)?.id ?? this.beginning;
    }
    this.onEvents(added);
  }

  private context() {
    return systemContext(this.portal.database.db, "feed");
  }
}

function eventOf({ eventId, itemId, item }: PublicChange): FeedEvent {
  const name = item === null ? "gone" : "item";
  const data = JSON.stringify(item ?? { id: itemId });
  return { id: eventId, bytes: Buffer.from(`id: ${eventId}\nevent: ${name}\ndata: ${data}\n\n`) };
}
