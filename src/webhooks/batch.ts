// Events are gathered to the bodies in which they are posted. What waits for one endpoint is kept in pieces, so that a
// thousand small events a second cost a few rows.

/** Beyond either, the next event begins another body. */
export const BATCH_EVENTS = 500;
export const BATCH_BYTES = 262_144;

/** Some events of one endpoint, in order. */
export interface Piece {
  /** When the first became true. */
  readonly sinceMs: number;
  readonly count: number;
  /** The events in JSON, joined by commas. */
  readonly events: string;
}

/** Gathers the pieces, in order, to as few as the bounds allow. */
export function gather(pieces: readonly Piece[]): readonly Piece[] {
  const gathered: Piece[] = [];
  for (let at = 0; at < pieces.length; ) {
    const { piece, taken } = gatherFirst(pieces, at);
    gathered.push(piece);
    at += taken;
  }
  return gathered;
}

/** As many as fit in one body, from there on; one that is beyond the bounds is a body by itself. */
export function gatherFirst(pieces: readonly Piece[], from = 0): { readonly piece: Piece; readonly taken: number } {
  let count = 0;
  let length = 0;
  let end = from;
  for (; end < pieces.length; end++) {
    const next = pieces[end];
    if (next === undefined) break;
    const isOver = count + next.count > BATCH_EVENTS || length + next.events.length + 1 > BATCH_BYTES;
    if (isOver && end > from) break;
    count += next.count;
    length += next.events.length + 1;
  }
  const taken = pieces.slice(from, end);
  const sinceMs = taken[0]?.sinceMs ?? 0;
  return { piece: { sinceMs, count, events: taken.map(({ events }) => events).join(',') }, taken: taken.length };
}

/** @param nowMs when the body was made, as receivers see it. */
export function bodyOf({ events }: Piece, nowMs: number): string {
  return `{"time_ms":${nowMs},"events":[${events}]}`;
}
