/** A public event, in the order in which it was committed. */
export interface ExpectedEvent {
  id: string;
  /** Just before COMMIT was sent, by the machine's own clock. */
  committedAtMs: number;
  /** False while the web process was away or its readers came back. */
  isSteady: boolean;
}

/** Longer ones count as this long. */
export const mostLatencyMs = 60_000;

export interface Checked {
  /** Of each subscriber, what it should have heard and never did. */
  lost: number;
  /** Heard after something that was committed later. */
  disordered: number;
  repeated: number;
  /** What nobody should have been told of. */
  unexpected: number;
  /** How often somebody was told to read the page anew. */
  resets: number;
  /** How many were heard after so many milliseconds. */
  steady: number[];
  interrupted: number[];
}

export type Ask =
  | { type: "open" }
  | { type: "count" }
  | { type: "check"; expected: ExpectedEvent[] }
  | { type: "leave" };

export type Told =
  /** How many streams were opened by now, again ones too. */
  { type: "opened"; opened: number } | { type: "checked"; checked: Checked };
