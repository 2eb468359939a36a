// How messages lie on a line: each is preceded by its length, so that whatever text may be in it, and a message of many
// megabytes is put together once. Lengths are in UTF-16 units: on the way in, one call decodes a whole chunk.

/** A message of this length is no message but a mistake of whoever wrote it. */
const LONGEST_MESSAGE = 1_000_000_000;
const MARK = ':';

export function framed(message: string): string {
  return `${message.length}${MARK}${message}`;
}

/** Takes the messages out of the bytes as they come. */
export class Splitter {
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  readonly #take: (message: string) => void;
  /** What has come of a message that is not whole yet. */
  #pieces: string[] = [];
  #length = 0;
  /** From here on there may be a whole message in the pieces. */
  #needed = 0;

  constructor(take: (message: string) => void) {
    this.#take = take;
  }

  /** @throws when the bytes are no messages; nothing that follows can be understood then. */
  add(bytes: Uint8Array): void {
    const piece = this.#decoder.decode(bytes, { stream: true });
    this.#pieces.push(piece);
    this.#length += piece.length;
    if (this.#length < this.#needed) return;
    const text = this.#pieces.length === 1 ? piece : this.#pieces.join('');
    const rest = this.#split(text);
    this.#pieces = rest === '' ? [] : [rest];
    this.#length = rest.length;
  }

  /** @returns what is left after the last whole message. */
  #split(text: string): string {
    let from = 0;
    for (;;) {
      const mark = text.indexOf(MARK, from);
      if (mark < 0) {
        if (text.length - from > String(LONGEST_MESSAGE).length) throw new Error('The line does not carry messages.');
        this.#needed = 0;
        return text.slice(from);
      }
      const start = mark + MARK.length;
      const end = start + lengthOf(text.slice(from, mark));
      if (end > text.length) {
        this.#needed = end - from;
        return text.slice(from);
      }
      this.#take(text.slice(start, end));
      from = end;
    }
  }
}

function lengthOf(digits: string): number {
  const length = /^\d+$/.test(digits) ? Number(digits) : Number.NaN;
  if (!(length <= LONGEST_MESSAGE)) throw new Error('The line does not carry messages.');
  return length;
}
