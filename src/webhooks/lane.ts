// The way to one endpoint: one body at a time, in order, and the next one when it was taken or given up. What it keeps
// here is little; the bodies and the events behind them are in the journal.
import { bodyOf, gather, gatherFirst, type Piece } from './batch.ts';
import type { Delivery } from './delivery.ts';
import type { Endpoint, WebhookApp } from './endpoint.ts';
import type { Change, Journal } from './journal.ts';
import type { PostResult } from './post.ts';
import { isAccepted, retryDelayMs } from './retry.ts';

export interface LaneLimits {
  /** How long a body is tried again. */
  readonly retryMs: number;
  /** How long an endpoint may fail before it is switched off; 0 is for ever. */
  readonly disableMs: number;
  /** Events that may wait for an endpoint; beyond it the oldest become dead letters. */
  readonly waitingEvents: number;
}

/** What a lane is given in a turn of the dispatcher. */
export interface LaneTurn {
  readonly journal: Journal;
  readonly nowMs: number;
  readonly limits: LaneLimits;
  readonly newId: () => string;
  /** Takes what has to be written. */
  readonly changes: Change[];
}

/** Dead letters made in one step, so that a long row of them does not hold up other endpoints. */
const BURIED_AT_ONCE = 50;

export class Lane {
  app: WebhookApp;
  endpoint: Endpoint;
  /** It has failed for too long, and stays off until it is configured anew. */
  isGivenUp = false;
  /** What is under way or waits to be tried again. */
  current: Delivery | null = null;
  /** The post under way. */
  underWay: AbortController | null = null;
  retryAtMs = 0;
  /** Of the current delivery. */
  attempts = 0;
  failingSinceMs: number | null;
  #failures = 0;
  /** The delivery that has ended in this turn: the journal does not know it yet. */
  #ended: string | null = null;
  #fresh: Piece[] = [];
  #waitingPieces: number;
  #waitingEvents: number;
  #lastSeq: number;
  /** Read and taken, though the journal may not have been told yet. */
  #takenUpTo = 0;
  /** Deliveries of the journal that are neither done nor dead, the current one not counted. */
  #queued: number;

  constructor(app: WebhookApp, endpoint: Endpoint, journal: Journal) {
    this.app = app;
    this.endpoint = endpoint;
    const { pieces, events, lastSeq } = journal.waitingFor(endpoint.id);
    this.#waitingPieces = pieces;
    this.#waitingEvents = events;
    this.#lastSeq = lastSeq;
    this.#queued = journal.queuedFor(endpoint.id);
    this.failingSinceMs = journal.failingSince(endpoint.id);
  }

  get isOpen(): boolean {
    return this.endpoint.enabled && !this.isGivenUp;
  }

  /** When a turn has something to do here; Infinity when nothing, or when the post under way has to end first. */
  get dueMs(): number {
    if (!this.isOpen) return this.#waitingPieces > 0 ? 0 : Number.POSITIVE_INFINITY;
    const hasWork = this.current !== null || this.#queued > 0 || this.#waitingPieces > 0 || this.#fresh.length > 0;
    return hasWork && this.underWay === null ? this.retryAtMs : Number.POSITIVE_INFINITY;
  }

  add(event: string, nowMs: number): void {
    this.#fresh.push({ sinceMs: nowMs, count: 1, events: event });
  }

  /** What has come waits in the journal, to be taken in a turn. */
  putAside(turn: LaneTurn): void {
    for (const piece of gather(this.#fresh)) this.#wait(piece, turn);
    this.#fresh = [];
  }

  revived(deliveries: number): void {
    this.#queued += deliveries;
  }

  /** Takes the next body when there is none, and puts aside what has to wait. */
  advance(turn: LaneTurn): void {
    const isReady = this.isOpen && turn.nowMs >= this.retryAtMs;
    if (isReady && this.current === null && this.#queued > 0) this.#resume(turn.journal);
    if (isReady && this.current === null && this.#waitingPieces > 0) {
      const pieces = this.#waiting(turn.journal);
      if (pieces.length > 0) this.current = this.#open(this.#take(pieces, turn), turn, null);
    }
    const fresh = gather(this.#fresh);
    this.#fresh = [];
    for (const piece of fresh) {
      const isNext = isReady && this.current === null && this.#waitingPieces === 0;
      if (isNext) this.current = this.#open(piece, turn, null);
      else this.#wait(piece, turn);
    }
    this.#ended = null;
  }

  /** @returns whether the endpoint has failed for so long that it is given up. */
  finish({ id, sinceMs }: Delivery, result: PostResult, { nowMs, limits, changes }: LaneTurn): boolean {
    const endpoint = this.endpoint.id;
    this.#ended = id;
    if (isAccepted(result.status)) {
      changes.push({ kind: 'done', id });
      if (this.failingSinceMs !== null) changes.push({ kind: 'failing', endpoint, sinceMs: null });
      this.current = null;
      this.failingSinceMs = null;
      this.retryNow();
      return false;
    }
    this.#failures++;
    this.retryAtMs = nowMs + retryDelayMs(this.#failures, Math.random());
    if (this.failingSinceMs === null) {
      this.failingSinceMs = nowMs;
      changes.push({ kind: 'failing', endpoint, sinceMs: nowMs });
    }
    if (this.#isOver(sinceMs, nowMs, limits)) {
      changes.push({ kind: 'dead', id, atMs: nowMs });
      this.current = null;
    }
    return limits.disableMs > 0 && nowMs - this.failingSinceMs >= limits.disableMs;
  }

  /** Makes dead letters of what has waited too long for an endpoint that fails, and of what is too much. */
  bury(turn: LaneTurn): void {
    const { nowMs, limits } = turn;
    for (let buried = 0; buried < BURIED_AT_ONCE && this.#waitingPieces > 0; buried++) {
      const isTooMuch = this.#waitingEvents > limits.waitingEvents;
      if (this.isOpen && !isTooMuch && this.failingSinceMs === null) return;
      const sinceMs = turn.journal.waitingSince(this.endpoint.id, this.#takenUpTo);
      if (sinceMs === null || (this.isOpen && !isTooMuch && !this.#isOver(sinceMs, nowMs, limits))) return;
      this.#open(this.#take(this.#waiting(turn.journal), turn), turn, nowMs);
    }
  }

  /** Nothing is sent any more; what was under way or next is kept as dead letters. */
  close({ nowMs, changes }: LaneTurn): void {
    this.underWay?.abort(new Error('the endpoint was switched off'));
    changes.push({ kind: 'buried', endpoint: this.endpoint.id, atMs: nowMs });
    this.current = null;
    this.#queued = 0;
  }

  /** It is to be tried at once, as if it had never failed. */
  retryNow(): void {
    this.#failures = 0;
    this.retryAtMs = 0;
  }

  // An endpoint that has been failing all the while has had its chances, also for what was never tried itself.
  #isOver(sinceMs: number, nowMs: number, { retryMs }: LaneLimits): boolean {
    return nowMs - Math.max(sinceMs, this.failingSinceMs ?? nowMs) >= retryMs;
  }

  #resume(journal: Journal): void {
    this.attempts = 0;
    this.current = journal.next(this.endpoint.id, this.#ended);
    this.#queued = this.current === null ? 0 : this.#queued - 1;
  }

  #waiting(journal: Journal): Waiting {
    return journal.pieces(this.endpoint.id, this.#takenUpTo);
  }

  #take(pieces: Waiting, { changes }: LaneTurn): Piece {
    const { piece, taken } = gatherFirst(pieces);
    this.#takenUpTo = pieces[taken - 1]?.seq ?? this.#takenUpTo;
    changes.push({ kind: 'taken', endpoint: this.endpoint.id, upTo: this.#takenUpTo });
    this.#waitingPieces -= taken;
    this.#waitingEvents -= piece.count;
    return piece;
  }

  #open(piece: Piece, { nowMs, newId, changes }: LaneTurn, deadAtMs: number | null): Delivery {
    const { sinceMs, count } = piece;
    const [app, endpoint] = [this.app.app, this.endpoint.id];
    const body = bodyOf(piece, nowMs);
    const delivery: Delivery = { seq: 0, id: newId(), app, endpoint, sinceMs, count, body, deadAtMs };
    changes.push({ kind: 'delivery', delivery });
    if (deadAtMs === null) this.attempts = 0;
    return delivery;
  }

  #wait(piece: Piece, { changes }: LaneTurn): void {
    this.#lastSeq++;
    this.#waitingPieces++;
    this.#waitingEvents += piece.count;
    changes.push({ kind: 'waits', endpoint: this.endpoint.id, seq: this.#lastSeq, piece });
  }
}

type Waiting = readonly (Piece & { readonly seq: number })[];
