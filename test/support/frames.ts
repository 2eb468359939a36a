// Frames as tests compare them: the doubly encoded data unwrapped, exactly one layer of it.

export interface Frame {
  readonly event: string;
  readonly channel?: string;
  readonly data: unknown;
  readonly user_id?: string;
}

/** What a client makes of the text. Data that is a string and holds JSON is opened; anything else stays as it is. */
export function openFrame(text: string): Frame {
  const frame = JSON.parse(text) as Frame;
  if (typeof frame.data !== 'string') return frame;
  try {
    return { ...frame, data: JSON.parse(frame.data) as unknown };
  } catch {
    return frame;
  }
}
